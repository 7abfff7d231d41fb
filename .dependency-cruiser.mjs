// The import directions of the architecture (README.md, "How it is built"): what each folder of src/ may use beside itself.
const IDENTITY = 'sources/cgroup/identity';
/** The files of /proc and /sys, read alike by the sources that need them. */
const HOST = 'sources/host';

const MAY_USE = {
  model: [],
  // Takes secrets out of texts, for every stage that quotes some.
  'sources/secrets': ['model'],
  // The sources, one folder a place; each ends in facts of the model.
  'sources/streams': ['model'],
  'sources/kernel-log': ['model', 'sources/secrets', IDENTITY, 'sources/streams'],
  'sources/host': ['model', 'sources/secrets'],
  'sources/cgroup': ['model', HOST, 'sources/process', 'sources/secrets'],
  'sources/process': ['model', 'sources/secrets', HOST],
  'sources/heap': ['model', 'sources/secrets', 'sources/streams'],
  'sources/kubernetes': ['model', 'sources/secrets', IDENTITY],
  'sources/prometheus': ['model', 'sources/secrets', IDENTITY],
  // Evidence that oomkit itself put together: it holds what the other sources have.
  'sources/bundle': ['model', 'sources'],
  'sources/recording': ['model', 'sources'],
  accounting: ['model'],
  knowledge: ['model'],
  diagnosis: ['model', 'accounting', 'knowledge'],
  words: ['model'],
  api: ['model', 'accounting', 'words', 'render'],
  inquiry: ['model', 'sources', 'accounting', 'knowledge', 'diagnosis', 'words', 'api', 'render'],
  // The heap's figures are shown as heap's types have them.
  render: ['model', 'accounting', 'diagnosis', 'words', 'api', 'sources/heap'],
  // Other entrances to the same line: they make facts, and the CLI hands these on.
  recorder: ['model', 'sources'],
  lab: ['model', 'sources', 'recorder', 'accounting'],
  guard: ['model', 'sources', 'lab/cgroup', 'lab/run', 'lab/error'],
  import: ['model', 'sources', 'recorder'],
};

/** Where one source looks at a machine, a network or a file system; the rest of the sources is pure. */
const READERS = [
  'sources/kernel-log/readers/',
  'sources/heap/(?:readers|heap-reading)\\.',
  'sources/bundle/(?:collect-|files|log-excerpt|public-text|read-bundle|recognise|write-bundle)',
  'sources/recording/(?:read-recording|recognise)\\.',
  'sources/streams/decoder-tools',
].join('|');

/** What runs in a browser too: whole folders but for what READERS names, and files of others. */
const PURE = [
  ...[
    'model',
    'sources/(?:streams|kernel-log|heap|bundle|recording)',
    'accounting',
    'knowledge',
    'diagnosis',
    'words',
    'api',
    'render',
  ],
  ...['lab/predict', 'sources/cgroup/identity', 'inquiry(?!/pod/)'],
];
const BROWSER_SAFE = `^(?:web/|src/(?!${READERS})(?:(?:${PURE.join('|')})/|sources/cgroup/(?:identity|live)\\.))`;

/**
 * @param {string} folder
 * @param {string[]} used
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function folderRule(folder, used) {
  return {
    name: `${folder.replace('/', '-')}-imports`,
    comment: `${folder} may use ${used.length === 0 ? 'nothing else of src/' : used.join(', ')}`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: `^src/(?:${[folder, ...used].map((part) => `${part}(?:[./]|$)`).join('|')})` },
  };
}
/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(MAY_USE).map(([folder, used]) => folderRule(folder, used)),
    {
      name: 'no-node-in-the-browser',
      comment: 'this code runs in a browser too: input and output belong to the readers and the CLI',
      severity: 'error',
      from: { path: BROWSER_SAFE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-only-with-its-own',
      comment: 'what runs in a browser imports only what does: neither the readers nor anything else that needs Node',
      severity: 'error',
      from: { path: BROWSER_SAFE },
      to: { path: '^(?:src|web)/', pathNot: BROWSER_SAFE, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'web-is-no-library',
      comment: 'web/ is the page itself: nothing of src/ may use it',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^web/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-missing-modules',
      severity: 'error',
      from: {},
      // The build makes the virtual ones (scripts/build-page.mjs).
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

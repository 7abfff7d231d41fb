// The import directions of the architecture (README.md, "How it is built"): what each folder of src/ may use beside itself.
const SOURCES = ['kernel-log', 'cgroup', 'process', 'heap', 'kubernetes', 'prometheus'];
const IDENTITY = 'cgroup/identity';
/** The files of /proc and cgroups, read alike by the sources that need them. */
const HOST_SOURCES = ['cgroup', 'process'];

const MAY_USE = {
  model: [],
  host: ['model'],
  ...Object.fromEntries(
    SOURCES.map((source) => [source, ['model', IDENTITY, ...(HOST_SOURCES.includes(source) ? ['host'] : [])]]),
  ),
  evidence: ['model', 'host', ...SOURCES],
  accounting: ['model', 'evidence'],
  // Other entrances to the same line: they make facts, and the CLI hands these on.
  recorder: ['model', 'host', ...SOURCES],
  lab: ['model', 'host', ...SOURCES, 'recorder', 'evidence', 'accounting'],
  import: ['model', 'host', ...SOURCES, 'recorder'],
  knowledge: ['model'],
  diagnosis: ['model', 'evidence', 'accounting', 'knowledge'],
  // The known issues' and the heap's sentences are catalogues too; heap's figures are shown as heap's types have them.
  report: ['model', 'evidence', 'accounting', 'diagnosis', 'knowledge', 'heap'],
  // Files of evidence, read and diagnosed alike by the CLI and the page.
  documents: ['model', 'kernel-log', IDENTITY, 'heap', 'evidence', 'accounting', 'diagnosis', 'report'],
};

/** What of evidence/ a browser may use: all that does not look at a machine. */
const PURE_EVIDENCE = [
  'copies',
  'heap-findings',
  'incident',
  'live',
  'select-incidents',
  'bundle/(?:error|live-facts|manifest|merge|merge-heap|open-bundle|tar)',
  'recording/(?:lab-files|recording)',
].join('|');

/** Folders that run in a browser too. */
const BROWSER_SAFE =
  '^(?:web/|src/(?:kernel-log/(?!readers/)|heap/(?!readers\\.)|cgroup/identity|model/|accounting/|diagnosis/|knowledge/|report/|documents/|lab/predict/' +
  `|evidence/(?:${PURE_EVIDENCE})\\.))`;

/**
 * @param {string} folder
 * @param {string[]} used
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function folderRule(folder, used) {
  return {
    name: `${folder}-imports`,
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

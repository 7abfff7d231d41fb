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
};

/** Folders that run in a browser too. */
const BROWSER_SAFE =
  '^src/(?:kernel-log/(?!readers/)|heap/(?!readers\\.)|cgroup/identity|model/|accounting/|diagnosis/|knowledge/|report/|lab/predict/)';

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
      name: 'no-readers-in-the-browser',
      comment: 'the readers need Node',
      severity: 'error',
      from: { path: BROWSER_SAFE },
      to: { path: '^src/(?:kernel-log/readers/|heap/readers\\.)' },
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
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

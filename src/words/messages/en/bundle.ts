/** What writing and reading an evidence bundle runs into, and what its live facts say beside a report. */
export const bundle = {
  'bundle.error.exists': '{path}: there already; --force replaces it',
  'bundle.error.write': '{path}: cannot be written ({detail})',
  'bundle.error.read': '{path}: cannot be read ({detail})',
  'bundle.error.recording':
    '{path}: not a whole recording of a run: it is damaged or was changed; run it again with -o FILE.json',
  'bundle.error.comparison': '{path}: not a whole comparison of runs: it is damaged or was changed',
  'bundle.error.version': '{path}: written in the layout {version}, which this oomkit does not know; a newer one may read it',
  'bundle.error.manifest': '{path}: not a whole evidence bundle: its manifest is damaged or missing',
  'bundle.error.too-large': '{path}: larger than an evidence bundle is; not read',

  'bundle.written': '{path}: {files|file|files}, {size}; {missing} could not be had',
  'bundle.missing': 'not in the bundle: {name} from {source}: {reason}',
  'bundle.foreign-file': '{path}: {name} is not in the manifest, or no plain file; passed over',
  'bundle.changed-file': '{path}: {name} is not what the manifest says; passed over',
  'bundle.lost-files': '{path}: {count|file|files} of the manifest did not come, such as {example}',
  'bundle.no-live-facts': '{path}: its live facts are damaged; passed over',
  'bundle.from-live-facts':
    '{path}: no kill is in it; this is the state of {time}, and what a kill at that moment would have been blamed on',

  'bundle.live': 'The cgroup was still there at {time}: {usage} charged ({source})',
  'bundle.limit-changed':
    'The limit was {atKill} at the kill ({report}) and is {now} in {source}: it was changed since; the figures of the kill count',
  'bundle.more-kills':
    'The cgroup counts {kills|OOM kill|OOM kills} ({source}), and the log has {reports|report|reports} of it: the others are lost',
} as const;

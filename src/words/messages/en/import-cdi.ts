/** What oomkit says as CDI's importer, and of its metrics. */
export const importCdi = {
  'import.cdi.start': '{source} to {target}: in the place of cdi-importer, with at most 64 MiB of dirty pages',
  'import.cdi.start-killed':
    '{source} to {target}: in the place of cdi-importer; CDI asks for direct I/O (CACHE_MODE=TRYNONE) after an OOM kill: it is used wherever the volume takes it',
  'import.cdi.done': '{source} is on {target}: {size}, of which {read} were read',
  'import.cdi.unpacked': '{source} is unpacked to {target}: {files|file|files}, {size}',
  'import.cdi.nothing': 'an empty block volume is an empty disk: nothing to do',
  'import.cdi.no-termination': '{path}: the termination message cannot be written there; it is: {text}',
  'import.cdi.no-done-file': '{path}: cannot be made ({reason}); the container that served the image may not end',
  'import.cdi.metrics': 'metrics on {url}',
  'import.cdi.progress': '{done} of {size}, {rate}/s, {dirty} dirty',
  'import.cdi.progress.no-dirty': '{done} of {size}, {rate}/s',
  'import.cdi.progress.no-size': '{done}, {rate}/s',

  'import.error.cdi-source': 'Unknown data source: {source}',
  'import.error.cdi-unsupported': "{what} is not something this importer does; use CDI's own importer image for it",
  'import.error.cdi-environment': "{name}: '{value}' makes no sense",
  'import.error.archive-entry': '{source}: {name} is a {kind}, and only files and directories are unpacked',
  'import.error.archive-path': '{source}: {name} would be written outside of the volume, or through a link on it',
  'import.error.archive-none': '{source}: is {format} and no tar archive',
  'import.error.cdi-header': '{path}: is no header; a header is NAME: VALUE',
  'import.error.cdi-file': '{path}: cannot be read ({reason})',
  'import.error.cdi-not-ready': 'Timeout waiting for file {path}',
  'import.error.metrics-certificate':
    'metrics need a certificate, and the program openssl that makes one is missing or failed; install the package openssl',
} as const;

import { isCdiStart } from './import/cdi-start.js';
import { runInternal } from './lab/internal.js';
import { programName } from './program.js';
import { run } from './run.js';
import { endQuietlyOnClosedPipe } from './terminal.js';

const args = process.argv.slice(2);
if (!(await runInternal(args))) {
  endQuietlyOnClosedPipe(process.stdout);
  endQuietlyOnClosedPipe(process.stderr);
  if (isCdiStart(args, process.env)) {
    const { runAsCdiImporter } = await import('./import/cdi.js');
    await runAsCdiImporter(process.env);
  } else {
    await run(programName(process.argv[1]), args);
  }
}

import { runInternal } from './lab/internal.js';
import { programName } from './program.js';
import { run } from './run.js';
import { endQuietlyOnClosedPipe } from './terminal.js';

const args = process.argv.slice(2);
if (!(await runInternal(args))) {
  endQuietlyOnClosedPipe(process.stdout);
  endQuietlyOnClosedPipe(process.stderr);
  await run(programName(process.argv[1]), args);
}

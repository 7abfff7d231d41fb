import { programName } from './program.js';
import { run } from './run.js';
import { endQuietlyOnClosedPipe } from './terminal.js';

endQuietlyOnClosedPipe(process.stdout);
endQuietlyOnClosedPipe(process.stderr);
await run(programName(process.argv[1]), process.argv.slice(2));

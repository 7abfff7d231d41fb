import { runInCgroup } from '../../lab/index.js';
import type { LabRunOptions } from '../commands/lab.js';
import { selfProgram } from './self.js';

export async function labRun([first = '', ...rest]: readonly string[], options: LabRunOptions): Promise<void> {
  const run = await runInCgroup(
    {
      command: [first, ...rest],
      ...(options.memory === undefined ? {} : { limitBytes: options.memory }),
      swap: options.swap ?? false,
    },
    { program: selfProgram(), forwardSignals: true },
  );
  process.stderr.write(
    JSON.stringify(
      { ...run, recording: { ...run.recording, series: undefined, atPeak: undefined, beforeKill: undefined } },
      undefined,
      1,
    ),
  );
  process.exitCode = run.exitCode;
}

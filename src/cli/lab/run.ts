import { writeFileSync } from 'node:fs';
import { diagnosesOf } from '../../inquiry/recording.js';
import { besideMeasured } from '../../lab/predict/observed.js';
import { runInCgroup } from '../../lab/run/run-in-cgroup.js';
import { type LabRun, message } from '../../model/index.js';
import { type LabRunItem, printJson, printYaml, renderLabRun, renderMessage, toLabRun } from '../../render/index.js';
import { thisHost } from '../../sources/host/host.js';
import type { Language } from '../../words/language.js';
import { ExitCode } from '../exit-code.js';
import { languageFor } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';
import { LiveView } from './live-view.js';
import type { LabRunOptions } from './options.js';
import { predictionHost } from './prediction-host.js';
import { sayLabProblem } from './problem.js';
import { selfProgram } from './self.js';

/** The name under which the recording of a run is cited that was not written to a file. */
const UNNAMED = 'run';

/** Runs a command in a cgroup, reports, and sets the exit code to the command's. */
export async function labRun([first = '', ...rest]: readonly string[], options: LabRunOptions): Promise<void> {
  const { memory, swap = false, output, debug } = options;
  const lang = languageFor(options);
  const toStdout = output === 'json' || output === 'yaml';
  const color = wantsColor(options.color, process.env, process.stderr);
  const live = options.live && process.stderr.isTTY ? new LiveView({ lang, color }, memory) : undefined;
  const host = predictionHost(thisHost);
  let run: LabRun;
  try {
    run = await runInCgroup(
      {
        command: [first, ...rest],
        ...(memory === undefined ? {} : { limitBytes: memory }),
        swap,
        stdio: toStdout ? 'inherit-on-stderr' : 'inherit',
      },
      { program: selfProgram(), forwardSignals: true, ...(live === undefined ? {} : { onSample: live.update }) },
    );
  } catch (error) {
    live?.clear();
    sayLabProblem(error, lang, debug);
    return;
  }
  live?.clear();
  process.exitCode = run.exitCode;
  const file = output.endsWith('.json') ? output : undefined;
  const diagnoses = diagnosesOf(run.recording, file ?? UNNAMED);
  const beside = host === undefined ? undefined : besideMeasured(run.recording, host, run.writtenBytes);
  const item = toLabRun(run, diagnoses, { lang }, beside);
  if (toStdout) {
    process.stdout.write(output === 'json' ? printJson(item) : await printYaml(item));
    return;
  }
  const style = { lang, width: widthOf(process.stderr), color, wide: output === 'wide' };
  process.stderr.write(renderLabRun(run, diagnoses, style, beside));
  if (file !== undefined) writeRecording(file, item, lang);
}

/** On one line: indented, its columns of numbers would take ten times the room. A file that cannot be written loses no exit code. */
function writeRecording(path: string, item: LabRunItem, lang: Language): void {
  const say = (key: string, params: Record<string, string>): void =>
    void process.stderr.write(`oomkit: ${renderMessage(message(key, params), { lang })}\n`);
  try {
    writeFileSync(path, `${JSON.stringify(item)}\n`, { mode: 0o600 });
    say('lab.recorded', { path });
  } catch (error) {
    say('lab.cannot-write', { path, detail: error instanceof Error ? error.message : String(error) });
    if (process.exitCode === ExitCode.Done) process.exitCode = ExitCode.CannotRun;
  }
}

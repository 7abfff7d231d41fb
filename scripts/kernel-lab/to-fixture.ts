/**
 * Turns what a guest told into a fixture: `tsx to-fixture.ts TOLD_FILE OUTPUT_DIRECTORY NAME`.
 * Writes NAME.log, the kernel's text around the OOM as dmesg shows it, and NAME.json, what is true of it by construction.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTold, required, type Told } from './told.js';

/** Lines of the boot kept before the case began, so that a reader has to find the report among others. */
const LINES_BEFORE = 8;
/** A long table of tasks is cut in the middle of nowhere by nobody: whole reports only, at most this many. */
const REPORTS_KEPT = 2;

/** The kernel's lines from shortly before the case on, with no more than the first reports. */
function trimLog(told: Told): readonly string[] {
  const lines = told.texts.get('dmesg') ?? [];
  const start = Math.max(0, Number(required(told, 'linesBefore')) - LINES_BEFORE);
  const kept: string[] = [];
  let reports = 0;
  for (const line of lines.slice(start)) {
    if (line.includes(' invoked oom-killer: ')) reports++;
    if (reports > REPORTS_KEPT) break;
    kept.push(line);
  }
  return kept;
}

/** The victim as init or its parent saw it die; where several died, the one that the kernel names first. */
function findVictim(told: Told, log: readonly string[]): { pid: number; comm: string } | undefined {
  const dead = (told.texts.get('dead') ?? []).flatMap((line) => {
    const match = /^(\d+) (.+)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), comm: match[2] ?? '' }];
  });
  const firstKilled = log.flatMap((line) => /Killed process (\d+) /.exec(line)?.[1] ?? [])[0];
  const victim = dead.find(({ pid }) => pid === Number(firstKilled)) ?? dead[0];
  if (victim !== undefined && victim.pid !== Number(firstKilled)) {
    throw new Error(`process ${victim.pid} died, but the log names ${firstKilled ?? 'nobody'}`);
  }
  return victim;
}

function sampleBeforeKill(told: Told): Readonly<Record<string, number>> | undefined {
  const lines = told.texts.get('sample');
  if (lines === undefined) return undefined;
  return Object.fromEntries(
    lines.flatMap((line) => {
      const match = /^(\S+) (\d+)$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', Number(match[2])]];
    }),
  );
}

const [toldFile, outputDirectory, name] = process.argv.slice(2);
if (toldFile === undefined || outputDirectory === undefined || name === undefined) {
  throw new Error('usage: to-fixture TOLD_FILE OUTPUT_DIRECTORY NAME');
}
const told = readTold(readFileSync(toldFile, 'utf8'));
required(told, 'done');
const log = trimLog(told);
const victim = findVictim(told, log);
const usageKb = log.flatMap((line) => /\bmemory: usage (\d+)kB/.exec(line)?.[1] ?? [])[0];
const limitKb = told.values.get('limitKb');
const sample = sampleBeforeKill(told);
const cgroup = name.includes('-v1-') ? 'v1' : 'v2';
const sidecar = {
  label: required(told, 'label'),
  ...(victim === undefined ? {} : { victim }),
  ...(usageKb === undefined ? {} : { usageKb: Number(usageKb) }),
  ...(limitKb === undefined ? {} : { limitKb: Number(limitKb) }),
  podUid: required(told, 'podUid'),
  containerId: required(told, 'containerId'),
  ...(sample === undefined ? {} : { statBeforeKill: sample }),
  made: `by construction on Linux ${required(told, 'release')}, cgroup ${cgroup}`,
};
writeFileSync(join(outputDirectory, `${name}.log`), `${log.join('\n')}\n`);
writeFileSync(join(outputDirectory, `${name}.json`), `${JSON.stringify(sidecar, null, 1)}\n`);

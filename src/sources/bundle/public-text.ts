import { redactCmdline, redactCommandLine } from '../secrets/command-line.js';
import { publicFile } from '../secrets/public-facts.js';
import { isWritableFile } from './live-facts.js';
import { publicLog } from './log-excerpt.js';
import { isRecord, KERNEL_LOG, LIVE_FACTS, parseJson } from './manifest.js';

/*
 * What was collected or recorded by an older oomkit, which knew fewer secrets, passes here before anything is made of it.
 */

/** The text of a run's file as this oomkit would write it; a text that is no JSON comes back as it is. */
export function publicRecording(text: string): string {
  const run = parseJson(text);
  return run === undefined ? text : JSON.stringify(publicValue(run));
}

/** The text of a bundle's file as this oomkit would write it, the lines of a log in their places. */
export function publicFileText(name: string, text: string): string {
  if (name === KERNEL_LOG) return publicLog(text);
  if (/^process\/\d+\/cmdline$/.test(name)) return redactCmdline(text);
  const facts = name === LIVE_FACTS ? parseJson(text) : undefined;
  const safe = publicValue(facts);
  return JSON.stringify(safe) === JSON.stringify(facts) ? text : JSON.stringify(safe);
}

/** A JSON value with the secrets taken out of what may hold some, by the names it has in oomkit's files. */
function publicValue(value: unknown, name = ''): unknown {
  if (name === 'kernelLog' && typeof value === 'string') return publicLog(value);
  if (Array.isArray(value)) {
    if (name === 'command' || name === 'commandLine') return redactCommandLine(value.map(String));
    return value.map((item) => (name === 'writableFiles' && isWritableFile(item) ? publicFile(item) : publicValue(item)));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, publicValue(member, key)]));
}

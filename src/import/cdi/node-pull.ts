import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Message, message } from '../../model/index.js';
import { errnoOf, ImportError } from '../error.js';
import type { CdiRequest } from './environment.js';
import { DISK_NAME } from './paths.js';
import type { CdiSurroundings } from './surroundings.js';

/** CDI's own: waitForReadyFile() in cmd/cdi-importer/importer.go, 1.66. */
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 200;

/** Waits for the container that serves the image, and completes the endpoint with the name it gives. */
export async function untilReady(
  request: CdiRequest,
  { signal, readyTimeoutMs = READY_TIMEOUT_MS }: CdiSurroundings,
): Promise<CdiRequest> {
  const { readyFile, endpoint } = request;
  if (readyFile === undefined) return request;
  const deadline = performance.now() + readyTimeoutMs;
  while (!existsSync(readyFile)) {
    if (performance.now() > deadline) throw new ImportError('cdi-not-ready', { path: readyFile });
    await delay(READY_POLL_MS, undefined, { signal });
  }
  const name = readFileSync(readyFile, 'utf8').trim();
  return name === '' ? request : { ...request, endpoint: `${endpoint.slice(0, -DISK_NAME.length)}${name}` };
}

/** Tells the other container that it may end. */
export function touchDone(doneFile: string | undefined, say: (text: Message) => void): void {
  if (doneFile === undefined) return;
  try {
    writeFileSync(doneFile, '', { flag: 'a' });
  } catch (error) {
    say(message('import.cdi.no-done-file', { path: doneFile, reason: errnoOf(error) ?? String(error) }));
  }
}

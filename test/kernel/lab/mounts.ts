import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NAME_PREFIX } from './memory-cgroup.js';
import { retrySync } from './retry.js';
import { onCleanup } from './undo.js';

/** A new temporary directory, removed when the run ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), NAME_PREFIX));
  onCleanup(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A new tmpfs, as the kubelet mounts one for an emptyDir of medium Memory. Its pages are charged to whoever writes them. */
export function mountTmpfs(): string {
  const directory = temporaryDirectory();
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', directory]);
  unmountOnCleanup(directory);
  return directory;
}

/** Unmounts when the run ends, once nobody uses the file system any more. */
export function unmountOnCleanup(directory: string): void {
  onCleanup(() => retrySync(() => execFileSync('umount', [directory], { stdio: 'pipe' })));
}

import type { ProcessMemory, WritableFile } from '../model/index.js';
import { directoryOf, type MemoryHierarchy } from '../sources/cgroup/mounts.js';
import { HostError } from '../sources/host/error.js';
import { freeSwapBytes, type Host, procOf } from '../sources/host/host.js';
import { readHostFile } from '../sources/host/read-file.js';
import { listMembers, readMembers } from '../sources/process/cgroup-processes.js';
import { writableFiles } from '../sources/process/open-files.js';

/** Processes whose open files are looked at: that costs much more than the rest. */
const CLOSELY_LOOKED_AT = 3;

/** The processes of a cgroup at one moment, and what belongs to them. */
export interface Company {
  readonly processes: readonly ProcessMemory[];
  readonly writableFiles: readonly WritableFile[];
  readonly freeSwapBytes: number;
  /** What they have written to files so far. */
  readonly writtenBytes: number;
}

export const NOBODY: Company = { processes: [], writableFiles: [], freeSwapBytes: 0, writtenBytes: 0 };

/** Looks at the processes of a cgroup, and adds up what they write, those that ended meanwhile included as last seen. */
export class CompanyWatch {
  readonly #host: Host;
  readonly #hierarchy: MemoryHierarchy;
  readonly #path: string;
  readonly #writtenByPid = new Map<number, number>();
  /** Processes seen so far, those that ended included. */
  get seen(): number {
    return this.#writtenByPid.size;
  }

  constructor(host: Host, hierarchy: MemoryHierarchy, path: string) {
    this.#host = host;
    this.#hierarchy = hierarchy;
    this.#path = path;
  }

  look(): Company {
    const directory = directoryOf(this.#hierarchy, this.#path);
    if (directory === undefined) return NOBODY;
    try {
      const processes = readMembers(this.#host, listMembers(directory, this.#path));
      for (const { pid } of processes) this.#writtenByPid.set(pid, this.#writtenBy(pid) ?? this.#writtenByPid.get(pid) ?? 0);
      const largest = [...processes].sort((a, b) => b.rssBytes - a.rssBytes).slice(0, CLOSELY_LOOKED_AT);
      return {
        processes,
        writableFiles: largest.flatMap(({ pid }) => writableFiles(this.#host, pid)),
        freeSwapBytes: freeSwapBytes(this.#host) ?? 0,
        writtenBytes: this.writtenBytes(),
      };
    } catch (error) {
      // A process of another user: the cgroup's own figures do without.
      if (error instanceof HostError) return { ...NOBODY, writtenBytes: this.writtenBytes() };
      throw error;
    }
  }

  writtenBytes(): number {
    return [...this.#writtenByPid.values()].reduce((sum, written) => sum + written, 0);
  }

  /**
   * What a process made dirty or wrote directly, less what was truncated before it reached the disk: write_bytes and
   * cancelled_write_bytes (Documentation/filesystems/proc.rst, 3.3 /proc/<pid>/io, 6.18).
   */
  #writtenBy(pid: number): number | undefined {
    const text = readIfAllowed(`${procOf(this.#host)}/${pid}/io`);
    const written = /^write_bytes: (\d+)$/m.exec(text ?? '')?.[1];
    if (written === undefined) return undefined;
    const cancelled = /^cancelled_write_bytes: (-?\d+)$/m.exec(text ?? '')?.[1] ?? 0;
    return Math.max(0, Number(written) - Number(cancelled));
  }
}

function readIfAllowed(path: string): string | undefined {
  try {
    return readHostFile(path);
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

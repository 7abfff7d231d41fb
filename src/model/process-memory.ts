/** What one process holds, as /proc shows it. Sizes are bytes; what the kernel does not show is absent. */
export interface ProcessMemory {
  readonly pid: number;
  readonly tgid: number;
  /** Absent when the parent is outside the PID namespace, or there is none. */
  readonly parentPid?: number;
  readonly uid: number;
  /** The name, at most 15 bytes, as the kernel's log prints it. */
  readonly comm: string;
  /** The arguments as they were given or the program has since rewritten them; empty for a zombie. */
  readonly commandLine: readonly string[];
  /** The cgroup it lives in, in the memory hierarchy. */
  readonly cgroup: string;
  readonly totalVmBytes: number;
  readonly rssBytes: number;
  /** The three add up to `rssBytes`; since 4.5. */
  readonly rssAnonBytes?: number;
  readonly rssFileBytes?: number;
  readonly rssShmemBytes?: number;
  /** Resident memory with every shared page divided by those who share it; only where it was asked for and may be read. */
  readonly pssBytes?: number;
  readonly swapBytes?: number;
  readonly lockedBytes?: number;
  readonly pageTablesBytes?: number;
  readonly threads?: number;
  readonly oomScoreAdj: number;
  /** ISO 8601, UTC. */
  readonly startedAt?: string;
  /** Of /proc/PID/status. */
  readonly source: string;
}

/** A regular file that a process has open for writing: where its dirty pages have to go. */
export interface WritableFile {
  readonly pid: number;
  readonly fd: number;
  readonly path: string;
  /** How far it has been written or read. */
  readonly positionBytes: number;
  readonly sizeBytes: number;
  readonly sync: boolean;
  readonly direct: boolean;
  /** `major:minor` of the file system, as in /proc/self/mountinfo. */
  readonly device?: string;
  readonly fileSystem?: string;
  /** What is mounted: `/dev/sda1`, `nfs.example:/export`. */
  readonly mountSource?: string;
}

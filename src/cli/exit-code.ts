import type { ReadSummary } from '../sources/kernel-log/readers/read-logs.js';

/** The documented exit codes (docs/cli.md). */
export const ExitCode = {
  /** There was something to say, and all of the evidence was read. */
  Done: 0,
  /** All was read, and nothing to diagnose was in it. */
  NothingFound: 1,
  Usage: 2,
  /** None of the evidence could be read. */
  Unreadable: 3,
  /** Some of the evidence could not be read; what was read is printed. */
  PartlyRead: 4,
  /** A target could not be written. */
  NotWritten: 5,
  /** An image was refused, or is not the one that was asked for. */
  Refused: 6,
  /** A defect of oomkit: sysexits.h's EX_SOFTWARE. */
  Internal: 70,
  /** A command could not be run under the lab: what docker run and env(1) use, so that it is not taken for the command's own. */
  CannotRun: 125,
  /** Ctrl-C: 128 and SIGINT. */
  Interrupted: 130,
} as const;

/** The exit code for what was read and the number of incidents in it. */
export function exitCodeFor(found: number, { sources, errors, damages, unread = [] }: ReadSummary): number {
  if (found === 0 && sources.length === 0 && errors.length > 0) return ExitCode.Unreadable;
  if (errors.length > 0 || damages.length > 0) return ExitCode.PartlyRead;
  if (found === 0 && unread.length > 0) return ExitCode.PartlyRead;
  return found === 0 ? ExitCode.NothingFound : ExitCode.Done;
}

import packageJson from '../../package.json' with { type: 'json' };
import { bytes, type Message, message } from '../model/index.js';
import { collectCgroups, type LiveEvidence, memoryHierarchy } from '../sources/bundle/collect-cgroups.js';
import { collectHeap } from '../sources/bundle/collect-heap.js';
import { collectHost } from '../sources/bundle/collect-host.js';
import { collectKernelLog } from '../sources/bundle/collect-log.js';
import { BundleError } from '../sources/bundle/error.js';
import type { BundleFile } from '../sources/bundle/files.js';
import { BUNDLE_VERSION, LIVE_FACTS } from '../sources/bundle/manifest.js';
import { assertWritable, packBundle, writeAtomically } from '../sources/bundle/write-bundle.js';
import { findCgroup } from '../sources/cgroup/find.js';
import { findMemoryHierarchy } from '../sources/cgroup/mounts.js';
import { type Host, thisHost } from '../sources/host/host.js';
import type { LogInput } from '../sources/kernel-log/readers/read-logs.js';
import type { Language } from '../words/language.js';
import { renderMessage } from '../words/messages/render.js';
import { ExitCode } from './exit-code.js';
import { readHost } from './host-problem.js';

/** What the command line of `oomkit collect` asks for. */
export interface CollectRequest {
  readonly output: string;
  /** A cgroup as `inspect` takes it; all containers unless given. */
  readonly target?: string;
  readonly heaps: readonly string[];
  /** A file to read the kernel's log from. */
  readonly log?: string;
  readonly since?: string;
  readonly hostname?: boolean;
  readonly force?: boolean;
  readonly debug?: boolean;
}

/** Collects the evidence and writes the bundle; says on standard error what could not be had, and sets the exit code. */
export async function collectEvidence(request: CollectRequest, lang: Language, host: Host = thisHost): Promise<void> {
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  const { output, heaps, hostname = false, force = false } = request;
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  try {
    assertWritable(output, force);
    const now = new Date();
    const hierarchy = memoryHierarchy(host);
    const live = readHost(() => collectLive(host, request.target, now), lang, request.debug);
    if (live === undefined) return;
    const { signal } = controller;
    const log = await collectKernelLog({ inputs: logInputs(request), namesHost: hostname, signal });
    const profiles: BundleFile[] = [];
    for (const [index, location] of heaps.entries()) profiles.push(await collectHeap(location, index + 1, signal));
    const files = [log.file, ...profiles, ...live.files];
    const selected = request.target === undefined ? undefined : live.observations[0]?.target.memory.path;
    const header = {
      version: BUNDLE_VERSION,
      created: now.toISOString(),
      tool: { name: 'oomkit', version: packageJson.version },
      host: collectHost(host, hierarchy?.layout, hostname),
      ...(selected === undefined ? {} : { cgroup: selected }),
    } as const;
    const content = await packBundle(header, files);
    writeAtomically(output, content, force, signal);
    const missing = files.filter((file) => 'missing' in file);
    for (const problem of log.problems) say(problem);
    for (const file of missing.filter(({ name }) => !name.startsWith('cgroup/') && !name.startsWith('process/'))) {
      if (!('missing' in file)) continue;
      say(message('bundle.missing', { name: file.name, source: file.source, reason: file.missing }));
    }
    const held = files.length - missing.length;
    say(message('bundle.written', { path: output, files: held, size: bytes(content.length), missing: missing.length }));
    const isWhole = missing.length === 0 && log.problems.length === 0;
    process.exitCode = isWhole ? ExitCode.Done : held === 0 ? ExitCode.Unreadable : ExitCode.PartlyRead;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    say(error.problem);
    process.exitCode = error.code === 'exists' ? ExitCode.Usage : ExitCode.Unreadable;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** A machine without memory cgroups has no live facts; that is an error only for who asked for a cgroup. */
function collectLive(host: Host, target: string | undefined, now: Date): LiveEvidence {
  const hierarchy = memoryHierarchy(host);
  if (hierarchy === undefined && target === undefined) {
    return { observations: [], files: [{ name: LIVE_FACTS, source: 'cgroups', missing: 'no memory cgroup is mounted' }] };
  }
  const found = hierarchy ?? findMemoryHierarchy(host);
  return collectCgroups(host, found, target === undefined ? undefined : findCgroup(host, found, target), now);
}

function logInputs({ log, since }: CollectRequest): LogInput[] {
  if (log !== undefined) return [{ kind: 'path', path: log }];
  const journal: LogInput = { kind: 'journal', ...(since === undefined ? {} : { since }) };
  // Only the journal knows a span of time; the ring buffer has no more than this boot.
  return since === undefined ? [{ kind: 'kmsg' }, journal] : [journal, { kind: 'kmsg' }];
}

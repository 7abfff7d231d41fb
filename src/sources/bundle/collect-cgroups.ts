import { containersAmong, listCgroups } from '../cgroup/find.js';
import type { Observation } from '../cgroup/live.js';
import { directoryOf, findMemoryHierarchy, type MemoryHierarchy } from '../cgroup/mounts.js';
import { observeCgroup } from '../cgroup/observe.js';
import { HostError } from '../host/error.js';
import { type Host, procOf } from '../host/host.js';
import { listHostDirectory, readHostText } from '../host/read-file.js';
import { redactCmdline } from '../secrets/command-line.js';
import { type BundleFile, textFile } from './files.js';
import { LIVE_FACTS } from './manifest.js';

/** Beyond this the rest is left out: a node has at most some hundred containers. */
const MAX_CGROUPS = 2000;
/** Facts of /proc/PID that hold no secrets. The environment is never read. */
const PROCESS_FILES = ['status', 'smaps_rollup', 'cgroup', 'oom_score_adj', 'comm'] as const;

/** The live facts of a bundle: what was observed, and the files it was read from, as they were. */
export interface LiveEvidence {
  readonly observations: readonly Observation[];
  readonly files: readonly BundleFile[];
}

/**
 * Observes one cgroup, or every container where none is named, and keeps the files of it, of its ancestors and of its processes.
 * What vanishes meanwhile is left out. Throws a HostError when the named one is not there.
 */
export function collectCgroups(host: Host, hierarchy: MemoryHierarchy, selected: string | undefined, now: Date): LiveEvidence {
  const paths = selected === undefined ? containersAmong(listCgroups(hierarchy)).map(({ path }) => path) : [selected];
  const observations = paths.slice(0, MAX_CGROUPS).flatMap((path) => {
    try {
      return [observeCgroup(host, hierarchy, path, now)];
    } catch (error) {
      if (selected === undefined && error instanceof HostError && error.code === 'no-match') return [];
      throw error;
    }
  });
  const withAncestors = [...new Set(paths.flatMap(lineage))].sort();
  const pids = [...new Set(observations.flatMap(({ target }) => target.processes.map(({ pid }) => pid)))].sort((a, b) => a - b);
  return {
    observations,
    files: [
      ...(observations.length === 0
        ? [{ name: LIVE_FACTS, source: 'cgroups', missing: 'no container' }]
        : [textFile(LIVE_FACTS, 'cgroups', `${JSON.stringify(observations, undefined, 1)}\n`)]),
      ...withAncestors.flatMap((path) => memoryFiles(hierarchy, path)),
      ...pids.flatMap((pid) => processFiles(host, pid)),
    ],
  };
}

/** The hierarchy that accounts for memory; undefined on a machine without one. */
export function memoryHierarchy(host: Host): MemoryHierarchy | undefined {
  try {
    return findMemoryHierarchy(host);
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

/** A cgroup and its ancestors, the root last. */
function lineage(path: string): string[] {
  const paths = [path];
  for (let at = path; at !== '/'; ) {
    at = at.slice(0, at.lastIndexOf('/')) || '/';
    paths.push(at);
  }
  return paths;
}

function memoryFiles(hierarchy: MemoryHierarchy, path: string): BundleFile[] {
  const directory = directoryOf(hierarchy, path);
  if (directory === undefined) return [];
  const names = (listHostDirectory(directory) ?? []).filter((name) => name.startsWith('memory.')).sort();
  return names.flatMap((name) => hostFile(`cgroup${path === '/' ? '' : path}/${name}`, `${directory}/${name}`));
}

function processFiles(host: Host, pid: number): BundleFile[] {
  const directory = `${procOf(host)}/${pid}`;
  return [
    ...PROCESS_FILES.flatMap((name) => hostFile(`process/${pid}/${name}`, `${directory}/${name}`)),
    ...hostFile(`process/${pid}/cmdline`, `${directory}/cmdline`, redactCmdline),
  ];
}

/** A file of the host. One that is gone, or that only can be written, is no file; one that may not be read is missing. */
function hostFile(name: string, source: string, safe: (text: string) => string = (text) => text): BundleFile[] {
  try {
    const text = readHostText(source);
    return text === undefined ? [] : [textFile(name, source, safe(text))];
  } catch (error) {
    if (error instanceof HostError) return [{ name, source, missing: error.code }];
    throw error;
  }
}

import type { ContainerIdentity, Incident } from '../model/index.js';

/** Which incidents the user asked about; an absent criterion admits all. */
export interface IncidentCriteria {
  /** A process that was killed, named as victim or selected. */
  readonly pid?: number;
  /** The beginning of the container's id, or its name. */
  readonly container?: string;
  /** The beginning of the pod's UID, or its name. */
  readonly pod?: string;
}

/**
 * The incidents that meet every criterion. A pod is found by the victim's cgroup and by the one whose limit was hit: with a
 * pod-level limit the log may name only the latter. systemd spells a pod UID with `_`, cgroupfs with `-`: both are taken.
 */
export function selectIncidents(incidents: readonly Incident[], { pid, container, pod }: IncidentCriteria): Incident[] {
  return incidents.filter(
    (incident) =>
      (pid === undefined || pidsOf(incident).includes(pid)) &&
      (container === undefined || identities(incident).some((identity) => isContainer(identity, container))) &&
      (pod === undefined || identities(incident).some((identity) => isPod(identity, pod))),
  );
}

function pidsOf({ report }: Incident): (number | undefined)[] {
  const killed = [...report.killed, ...report.followingKills].map(({ pid }) => pid);
  return [...killed, report.selected?.pid, report.constraint?.pid];
}

function identities({ container, limited }: Incident): ContainerIdentity[] {
  return [container, limited].filter((identity) => identity !== undefined);
}

function isContainer({ containerId, containerName }: ContainerIdentity, wanted: string): boolean {
  return containerName === wanted || startsWith(containerId, wanted);
}

function isPod({ podUid, podName }: ContainerIdentity, wanted: string): boolean {
  return podName === wanted || startsWith(podUid?.replaceAll('_', '-'), wanted.replaceAll('_', '-'));
}

function startsWith(id: string | undefined, wanted: string): boolean {
  return wanted !== '' && id !== undefined && id.toLowerCase().startsWith(wanted.toLowerCase());
}

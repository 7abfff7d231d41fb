import type { ContainerIdentity, Incident, Message } from '../../model/index.js';
import { cutToWidth } from '../text/width.js';
import { say } from './words.js';

/** Container ids are 64 hexadecimal digits; docker and crictl show the first 12 or 13. */
const SHORT_CONTAINER_ID = 12;
/** In a sentence a longer path is cut to the beginning of its last component; the facts have it whole. */
const LONG_PATH = 48;
/** Enough of an id to tell the pods and containers of a log apart. */
const TABLE_ID = 8;

/** The Kubernetes names that are known: `namespace/pod/container`, or fewer. */
function kubernetesName(identity: ContainerIdentity): string | undefined {
  const names = [identity.namespace, identity.podName, identity.containerName].filter((name) => name !== undefined);
  return names.length === 0 ? undefined : names.join('/');
}

/** Whose limit was hit, as the subject of a sentence. Without a victim there is nothing for `its` to refer to, so ids stand in. */
export function limitOwner(incident: Incident, hasVictim: boolean): Message {
  const { limited, report } = incident;
  const path = report.oomMemcg?.path;
  const anonymous = path === undefined ? say('owner.unknown') : say('owner.cgroup', { path: briefPath(path) });
  if (limited === undefined) return anonymous;
  switch (limited.level) {
    case 'container': {
      if (limited.containerName !== undefined) return say('owner.container.named', { name: kubernetesName(limited) ?? '' });
      return hasVictim ? say('owner.container') : shortLimitOwner(incident);
    }
    case 'pod': {
      if (limited.podName !== undefined) return say('owner.pod.named', { name: kubernetesName(limited) ?? '' });
      return hasVictim ? say('owner.pod') : shortLimitOwner(incident);
    }
    case 'qos':
      return limited.qosClass === undefined ? anonymous : say('owner.qos', { qos: limited.qosClass });
    case 'kubepods':
      return say('owner.kubepods');
    case 'other':
      return anonymous;
  }
}

/** Whose limit was hit, for a column of a table. */
export function shortLimitOwner({ scope, limited, report }: Incident): Message {
  if (scope === 'node') return say('short.node');
  const path = report.oomMemcg?.path;
  const anonymous = path === undefined ? say('short.unknown') : say('value', { value: lastComponent(path) });
  if (limited === undefined) return anonymous;
  switch (limited.level) {
    case 'container': {
      const id = limited.containerName ?? limited.containerId?.slice(0, TABLE_ID);
      return id === undefined ? anonymous : say('short.container', { id });
    }
    case 'pod': {
      const id = limited.podName ?? limited.podUid?.slice(0, TABLE_ID);
      return id === undefined ? anonymous : say('short.pod', { id });
    }
    case 'qos':
      return limited.qosClass === undefined ? anonymous : say('short.qos', { qos: limited.qosClass });
    case 'kubepods':
      return say('short.kubepods');
    case 'other':
      return anonymous;
  }
}

/** All a cgroup's path and Kubernetes told about a container or pod, most telling first. */
export function describeIdentity(identity: ContainerIdentity): Message[] {
  const name = kubernetesName(identity);
  const { containerId, podUid, qosClass, runtime, nestedIn } = identity;
  return [
    ...(name === undefined ? [] : [say('value', { value: name })]),
    ...(containerId === undefined ? [] : [say('value', { value: containerId.slice(0, SHORT_CONTAINER_ID) })]),
    ...(podUid === undefined ? [] : [say('identity.pod', { id: podUid })]),
    ...(qosClass === undefined ? [] : [say('value', { value: qosClass })]),
    ...(runtime === undefined ? [] : [say('value', { value: runtime })]),
    ...(nestedIn === undefined ? [] : [say('identity.nested', { outer: nestedIn })]),
  ];
}

function briefPath(path: string): string {
  return path.length > LONG_PATH ? `…/${cutToWidth(lastComponent(path), LONG_PATH)}` : path;
}

function lastComponent(path: string): string {
  return path.replace(/\/+$/, '').replace(/^.*\/(?=.)/, '') || '/';
}

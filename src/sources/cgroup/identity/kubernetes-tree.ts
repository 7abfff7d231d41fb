import type { CgroupDriver, QosClass } from '../../../model/index.js';
import { stripUnitSuffix } from './path.js';

/**
 * The part of the tree that the kubelet makes: kubepods, the QoS classes, the pods.
 *
 * cgroupfs names each level by itself (`kubepods/burstable/pod<uid>`). systemd needs every slice to carry its parents' names, joined
 * by dashes, so the kubelet turns the dashes of the parts into underscores
 * (`kubepods-burstable-pod0330b2c1_a15b_….slice`): kubelet pkg/kubelet/cm/cgroup_manager_linux.go, escapeSystemdCgroupName().
 * Guaranteed pods have no class level of their own: pkg/kubelet/cm/qos_container_manager_linux.go.
 */

/** A pod's component. */
export interface PodComponent {
  readonly driver: CgroupDriver;
  /** Absent when the text is cut, redacted or no UID. */
  readonly uid?: string;
  readonly qosClass?: QosClass;
  /** Whether the text ends within this component, so that the path may have gone on. */
  readonly cut: boolean;
}

/** The root of all pods or a QoS class. */
export interface TreeNode {
  readonly driver: CgroupDriver;
  readonly level: 'kubepods' | 'qos';
  readonly qosClass?: QosClass;
  readonly cut: boolean;
}

/** The classes that have a level of their own. */
const QOS_LEVELS = ['burstable', 'besteffort'] as const;

/** An API server's UID, escaped or not, or the MD5 of a static pod's manifest (kubelet pkg/kubelet/config/common.go). */
const POD_UID = /^(?:[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})$/i;

/** The component as a pod, or undefined when it is none. */
export function parsePod(components: readonly string[], index: number): PodComponent | undefined {
  const component = components[index] ?? '';
  const last = index === components.length - 1;
  const unit = stripUnitSuffix(component, '.slice');
  const dash = unit.name.lastIndexOf('-pod');
  return dash > 0
    ? parsePodSlice(unit.name.slice(0, dash), unit.name.slice(dash + '-pod'.length), last && !unit.whole)
    : parsePodDirectory(component, components[index - 1], last);
}

function parsePodSlice(parents: string, uidText: string, cut: boolean): PodComponent | undefined {
  const uid = podUid(uidText);
  const qosClass = lastWord(parents, 'kubepods') ? 'guaranteed' : QOS_LEVELS.find((qos) => lastWord(parents, qos));
  // A whole UID makes it a pod whatever the poster did to the words before; without one, the words must.
  if (uid === undefined && qosClass === undefined) return undefined;
  return pod('systemd', uid, qosClass, cut);
}

function parsePodDirectory(component: string, parent: string | undefined, last: boolean): PodComponent | undefined {
  if (!component.startsWith('pod')) return undefined;
  const uid = podUid(component.slice('pod'.length));
  const qosClass = parent === 'kubepods' ? 'guaranteed' : qosWord(parent);
  if (uid === undefined && qosClass === undefined) return undefined;
  return pod('cgroupfs', uid, qosClass, last && uid === undefined);
}

function pod(driver: CgroupDriver, uid: string | undefined, qosClass: QosClass | undefined, cut: boolean): PodComponent {
  return { driver, cut, ...(uid === undefined ? {} : { uid }), ...(qosClass === undefined ? {} : { qosClass }) };
}

/** The component as the root of all pods or as a QoS class, or undefined when it is neither. */
export function parseTreeNode(components: readonly string[], index: number): TreeNode | undefined {
  const component = components[index] ?? '';
  const parent = components[index - 1] ?? '';
  const last = index === components.length - 1;
  if (component === 'kubepods') {
    // Below a slice of the tree it is the beginning of another slice's name.
    return parseSliceNode(parent, false) === undefined ? { driver: 'cgroupfs', level: 'kubepods', cut: false } : undefined;
  }
  const qosClass = qosWord(component);
  if (qosClass !== undefined && parent === 'kubepods') return { driver: 'cgroupfs', level: 'qos', qosClass, cut: false };
  return parseSliceNode(component, last);
}

function parseSliceNode(component: string, last: boolean): TreeNode | undefined {
  const { name, closed, whole } = stripUnitSuffix(component, '.slice');
  if (closed && lastWord(name, 'kubepods')) return { driver: 'systemd', level: 'kubepods', cut: !whole };
  const qosClass = closed || last ? QOS_LEVELS.find((qos) => lastWord(name, `kubepods-${qos}`)) : undefined;
  return qosClass === undefined ? undefined : { driver: 'systemd', level: 'qos', qosClass, cut: !whole };
}

/** The UID as the API server spells it: no UID holds an underscore, so each stands for a dash. */
function podUid(text: string): string | undefined {
  return POD_UID.test(text) ? text.replaceAll('_', '-') : undefined;
}

function qosWord(component: string | undefined): QosClass | undefined {
  return QOS_LEVELS.find((qos) => qos === component);
}

/** Whether a slice's name is the word, or ends in it behind the parts of a `--cgroup-root`. */
function lastWord(name: string, word: string): boolean {
  return name === word || name.endsWith(`-${word}`);
}

import { type NodeFacts, present } from '../../model/index.js';
import { parseQuantity } from './quantity.js';
import type { RawNode } from './raw.js';

/** What a node tells of its memory and software. */
export function nodeFacts({ metadata = {}, status = {} }: RawNode): NodeFacts {
  const { nodeInfo = {}, capacity = {}, allocatable = {}, conditions = [] } = status;
  return present({
    name: metadata.name ?? '',
    kernel: nodeInfo.kernelVersion,
    runtime: nodeInfo.containerRuntimeVersion,
    kubelet: nodeInfo.kubeletVersion,
    capacityBytes: parseQuantity(capacity.memory),
    allocatableBytes: parseQuantity(allocatable.memory),
    conditions: conditions.flatMap(({ type = '', status: state }) => (state === 'True' && type !== 'Ready' ? [type] : [])),
  });
}

import { HeapProfileError } from './errors.js';

/** Where a snapshot has what, as its own header tells. V8 has added fields and types over the years, never moved a name. */
export interface SnapshotLayout {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly nodeFields: number;
  readonly nodeTypeAt: number;
  readonly nodeNameAt: number;
  readonly nodeSelfSizeAt: number;
  readonly nodeEdgeCountAt: number;
  readonly nodeTypes: readonly string[];
  readonly edgeFields: number;
  readonly edgeTypeAt: number;
  readonly edgeToNodeAt: number;
  readonly edgeTypes: readonly string[];
}

/** Reads the `snapshot` object that begins a .heapsnapshot file. Throws HeapProfileError `malformed`. */
export function readLayout(header: unknown): SnapshotLayout {
  const meta = member(header, 'meta');
  const nodeFields = strings(member(meta, 'node_fields'), 'node_fields');
  const edgeFields = strings(member(meta, 'edge_fields'), 'edge_fields');
  return {
    nodeCount: count(member(header, 'node_count'), 'node_count'),
    edgeCount: count(member(header, 'edge_count'), 'edge_count'),
    nodeFields: nodeFields.length,
    nodeTypeAt: position(nodeFields, 'type'),
    nodeNameAt: position(nodeFields, 'name'),
    nodeSelfSizeAt: position(nodeFields, 'self_size'),
    nodeEdgeCountAt: position(nodeFields, 'edge_count'),
    nodeTypes: typeNames(member(meta, 'node_types'), position(nodeFields, 'type'), 'node_types'),
    edgeFields: edgeFields.length,
    edgeTypeAt: position(edgeFields, 'type'),
    edgeToNodeAt: position(edgeFields, 'to_node'),
    edgeTypes: typeNames(member(meta, 'edge_types'), position(edgeFields, 'type'), 'edge_types'),
  };
}

function member(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.get(name);
  throw bad(name);
}

function strings(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw bad(name);
}

/** The values of an enumerated field stand in the place the field has among the fields. */
function typeNames(value: unknown, at: number, name: string): string[] {
  if (Array.isArray(value)) return strings(value[at], name);
  throw bad(name);
}

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw bad(name);
}

function position(fields: readonly string[], name: string): number {
  const at = fields.indexOf(name);
  if (at >= 0) return at;
  throw bad(`field ${name}`);
}

function bad(name: string): HeapProfileError {
  return new HeapProfileError('malformed', `the snapshot's header has no usable ${name}`);
}

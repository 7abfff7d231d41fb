/**
 * A heap snapshot read the plain way, JSON.parse and objects, to check the streaming reader against. Dominators are found by
 * iterating over sets of paths (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm", 2001), another algorithm than
 * the reader's.
 */
export interface NaiveSnapshot {
  readonly nodes: readonly { readonly className: string; readonly type: string; readonly size: number }[];
  /** Per node, in the order of the file. */
  readonly edges: readonly (readonly { readonly type: string; readonly to: number }[])[];
}

interface SnapshotJson {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

export function parseNaively(text: string): NaiveSnapshot {
  const { snapshot, nodes: nodeNumbers, edges: edgeNumbers, strings }: SnapshotJson = JSON.parse(text);
  const { node_fields, node_types, edge_fields, edge_types } = snapshot.meta;
  const nodes = [];
  const edges = [];
  let nextEdge = 0;
  for (let at = 0; at < nodeNumbers.length; at += node_fields.length) {
    const field = (name: string): number => nodeNumbers[at + node_fields.indexOf(name)] ?? Number.NaN;
    const type = node_types[0][field('type')] ?? '';
    nodes.push({ type, size: field('self_size'), className: classOf(type, strings[field('name')] ?? '') });
    const own = [];
    for (let edge = 0; edge < field('edge_count'); edge++, nextEdge += edge_fields.length) {
      own.push({
        type: edge_types[0][edgeNumbers[nextEdge + edge_fields.indexOf('type')] ?? -1] ?? '',
        to: (edgeNumbers[nextEdge + edge_fields.indexOf('to_node')] ?? Number.NaN) / node_fields.length,
      });
    }
    edges.push(own);
  }
  return { nodes, edges };
}

function classOf(type: string, name: string): string {
  switch (type) {
    case 'object':
    case 'native':
      return name;
    case 'hidden':
      return '(system)';
    case 'code':
      return '(compiled code)';
    case 'closure':
      return 'Function';
    case 'regexp':
      return 'RegExp';
    default:
      return `(${type})`;
  }
}

/** The edges that keep their target alive. */
function strongTargets({ edges }: NaiveSnapshot, node: number): number[] {
  return (edges[node] ?? []).filter(({ type }) => type !== 'weak' && (type !== 'shortcut' || node === 0)).map(({ to }) => to);
}

/** What is no longer reachable from the roots once the node is gone, itself included, in bytes. */
export function naiveRetainedByRemoval(snapshot: NaiveSnapshot, removed: number): number {
  const sizeOf = (nodes: Set<number>): number => [...nodes].reduce((sum, node) => sum + (snapshot.nodes[node]?.size ?? 0), 0);
  return sizeOf(reach(snapshot, startNodes(snapshot))) - sizeOf(reach(snapshot, startNodes(snapshot), removed));
}

/** The root, and in order of the file those that nothing before reaches: only weak references lead to them. */
function startNodes(snapshot: NaiveSnapshot): number[] {
  const starts = [0];
  const seen = reach(snapshot, starts);
  for (let node = 0; node < snapshot.nodes.length; node++) {
    if (seen.has(node)) continue;
    starts.push(node);
    for (const found of reach(snapshot, [node], undefined, seen)) seen.add(found);
  }
  return starts;
}

function reach(
  snapshot: NaiveSnapshot,
  starts: readonly number[],
  without?: number,
  known: ReadonlySet<number> = new Set(),
): Set<number> {
  const seen = new Set(starts.filter((node) => node !== without));
  for (const node of seen) {
    for (const target of strongTargets(snapshot, node)) if (target !== without && !known.has(target)) seen.add(target);
  }
  return seen;
}

interface NaiveClass {
  name: string;
  count: number;
  selfBytes: number;
  retainedBytes: number;
}

/** All classes with what they retain. */
export function naiveClasses(snapshot: NaiveSnapshot): Map<string, NaiveClass> {
  const dominators = naiveDominators(snapshot);
  const retained = snapshot.nodes.map(({ size }) => size);
  const children = snapshot.nodes.map((): number[] => []);
  for (const [node, dominator] of dominators.entries()) if (node > 0) children[dominator]?.push(node);

  const classes = new Map<string, NaiveClass>();
  const path: { node: number; next: number }[] = [{ node: 0, next: 0 }];
  const leave = (node: number): void => {
    for (const child of children[node] ?? []) retained[node] = (retained[node] ?? 0) + (retained[child] ?? 0);
    const entry = snapshot.nodes[node];
    if (!entry || (entry.size === 0 && entry.type !== 'native')) return;
    const totals = classes.get(entry.className) ?? { name: entry.className, count: 0, selfBytes: 0, retainedBytes: 0 };
    const isTopmost = !path.some(
      (above) => snapshot.nodes[above.node]?.className === entry.className && snapshot.nodes[above.node]?.size !== 0,
    );
    totals.count++;
    totals.selfBytes += entry.size;
    if (isTopmost && entry.size > 0) totals.retainedBytes += retained[node] ?? 0;
    classes.set(entry.className, totals);
  };
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const child = children[top.node]?.[top.next++];
    if (child !== undefined) path.push({ node: child, next: 0 });
    else {
      path.pop();
      leave(top.node);
    }
  }
  return classes;
}

function naiveDominators(snapshot: NaiveSnapshot): number[] {
  const starts = startNodes(snapshot);
  const successors = snapshot.nodes.map((_, node) =>
    node === 0 ? [...strongTargets(snapshot, 0), ...starts.slice(1)] : strongTargets(snapshot, node),
  );
  const order: number[] = [];
  const place = snapshot.nodes.map(() => -1);
  const visited = new Set([0]);
  const path = [{ node: 0, next: 0 }];
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const target = successors[top.node]?.[top.next++];
    if (target === undefined) {
      place[top.node] = order.push(top.node) - 1;
      path.pop();
    } else if (!visited.has(target)) {
      visited.add(target);
      path.push({ node: target, next: 0 });
    }
  }
  const predecessors = snapshot.nodes.map((): number[] => []);
  for (const [node, targets] of successors.entries()) for (const target of targets) predecessors[target]?.push(node);

  const dominators = snapshot.nodes.map((): number => -1);
  dominators[0] = 0;
  const common = (first: number, second: number): number => {
    let [a, b] = [first, second];
    while (a !== b) {
      if ((place[a] ?? 0) < (place[b] ?? 0)) a = dominators[a] ?? 0;
      else b = dominators[b] ?? 0;
    }
    return a;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of [...order].reverse()) {
      if (node === 0) continue;
      const known = (predecessors[node] ?? []).filter((predecessor) => dominators[predecessor] !== -1);
      const found = known.reduce(common);
      if (dominators[node] !== found) {
        dominators[node] = found;
        changed = true;
      }
    }
  }
  return dominators;
}

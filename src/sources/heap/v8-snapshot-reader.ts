import { HeapProfileError } from './errors.js';
import type { JsonHandler } from './json-tokenizer.js';
import { JsonValueBuilder } from './json-value.js';
import { retainedSizesByClass } from './retained-sizes.js';
import type { SnapshotLayout } from './v8-snapshot-meta.js';
import { readLayout } from './v8-snapshot-meta.js';

/** Objects of one constructor, or of one of V8's kinds, which are in brackets: `(string)`, `(array)`, `(compiled code)`. */
export interface V8ClassSize {
  readonly name: string;
  readonly count: number;
  /** Size of the objects themselves. */
  readonly selfBytes: number;
  /** What would be freed with them. Absent when dominators were not computed. */
  readonly retainedBytes?: number;
}

/** The arrays that are read; V8 writes them in this order, after `snapshot` and before and after others that are skipped. */
type Section = 'snapshot' | 'nodes' | 'edges' | 'strings' | 'skipped' | undefined;

/** Names of classes whose objects do not say it themselves, as DevTools shows them. */
const CLASS_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['hidden', '(system)'],
  ['code', '(compiled code)'],
  ['closure', 'Function'],
  ['regexp', 'RegExp'],
]);

interface ClassTotals {
  /** Known at once for V8's kinds; for constructors when the strings come. */
  name: string | undefined;
  count: number;
  selfBytes: number;
}

/** The snapshot's graph, without weak edges. */
interface SnapshotGraph {
  readonly classOf: Uint32Array;
  readonly selfSizes: Float64Array;
  /** While nodes are read: each node's number of edges. While edges are read: where the edges kept of each node begin. */
  readonly firstEdge: Uint32Array;
  readonly targets: Uint32Array;
}

/**
 * Takes in the events of one .heapsnapshot document. Totals of classes are kept always, the graph only when `wantsGraph` says
 * that its size is acceptable.
 */
export class SnapshotReader implements JsonHandler {
  private depth = 0;
  private section: Section;
  private readonly header = new JsonValueBuilder();
  private layout: SnapshotLayout | undefined;
  private readonly classes: ClassTotals[] = [];
  private readonly classOfName = new Map<number, number>();
  private readonly classOfType = new Map<number, number>();
  private graph: SnapshotGraph | undefined;
  private readonly done = new Set<Section>();

  private field = 0;
  private type = 0;
  private name = 0;
  private size = 0;
  private edges = 0;
  private nodesRead = 0;

  private edgesRead = 0;
  private edgesKept = 0;
  private target = 0;
  private source = 0;
  private edgesOfSource = 0;
  private edgesDeclared = 0;

  private stringsRead = 0;

  constructor(private readonly wantsGraph: (layout: SnapshotLayout) => boolean) {}

  startObject(): void {
    this.depth++;
    if (this.depth === 1) return;
    if (this.section === 'snapshot') this.header.start(new Map());
    else if (this.section !== 'skipped') throw this.notASnapshot();
  }

  endObject(): void {
    this.end();
  }

  startArray(): void {
    this.depth++;
    if (this.section === 'snapshot') this.header.start([]);
    else if (this.section !== 'skipped' && (this.depth !== 2 || this.section === undefined)) throw this.notASnapshot();
  }

  endArray(): void {
    this.end();
  }

  key(name: string): void {
    if (this.depth > 1) {
      if (this.section === 'snapshot') this.header.key(name);
      return;
    }
    if (!this.layout && name !== 'snapshot') throw this.notASnapshot();
    this.field = 0;
    this.section = name === 'snapshot' || name === 'nodes' || name === 'edges' || name === 'strings' ? name : 'skipped';
    if (this.section !== 'skipped' && this.done.has(this.section)) throw malformed(`${name} is there twice`);
    if (this.section === 'edges' && !this.done.has('nodes')) throw malformed('edges come before nodes');
    if (this.section === 'strings' && !this.done.has('nodes')) throw malformed('strings come before nodes');
  }

  number(value: number): void {
    if (this.section === 'nodes' && this.depth === 2) this.readNode(value);
    else if (this.section === 'edges' && this.depth === 2) this.readEdge(value);
    else this.scalar(value);
  }

  wantsString(): boolean {
    if (this.section === 'strings' && this.depth === 2) return this.classOfName.has(this.stringsRead++);
    if (this.section === 'snapshot' || this.section === 'skipped') return this.section === 'snapshot';
    throw this.notASnapshot();
  }

  string(value: string): void {
    if (this.section !== 'strings') {
      this.scalar(value);
      return;
    }
    const index = this.classOfName.get(this.stringsRead - 1);
    const entry = index === undefined ? undefined : this.classes[index];
    if (entry) entry.name = value;
  }

  literal(): void {
    this.scalar(null);
  }

  /** What was read, once the document has ended. */
  finish(): { layout: SnapshotLayout; classes: V8ClassSize[]; keepsGraph: boolean } {
    const { layout, graph } = this;
    if (!layout) throw this.notASnapshot();
    if (!this.done.has('nodes') || !this.done.has('edges') || !this.done.has('strings')) {
      throw malformed('nodes, edges or strings are missing');
    }
    const retained = graph && retainedSizesByClass(graph, graph.classOf, graph.selfSizes, this.classes.length);
    const byName = new Map<string, V8ClassSize>();
    for (const [index, { name, count, selfBytes }] of this.classes.entries()) {
      if (name === undefined) throw malformed('a name is missing in strings');
      if (count === 0) continue;
      // Two strings of the same text are two classes until here; what they retain is then a sum and may count twice.
      const known = byName.get(name);
      const retainedBytes = (retained?.[index] ?? 0) + (known?.retainedBytes ?? 0);
      byName.set(name, {
        name,
        count: count + (known?.count ?? 0),
        selfBytes: selfBytes + (known?.selfBytes ?? 0),
        ...(retained && { retainedBytes }),
      });
    }
    return { layout, classes: [...byName.values()], keepsGraph: graph !== undefined };
  }

  private end(): void {
    this.depth--;
    if (this.section === 'snapshot') this.header.finish();
    if (this.depth !== 1) return;
    if (this.section === 'snapshot') this.startGraph();
    else if (this.section === 'nodes') this.endNodes();
    else if (this.section === 'edges') this.endEdges();
    this.done.add(this.section);
    this.section = undefined;
  }

  /** A value outside the arrays that are read. */
  private scalar(value: number | string | null): void {
    if (this.section === 'snapshot' && this.depth > 1) this.header.add(value);
    else if (this.section !== 'skipped') throw this.notASnapshot();
  }

  private startGraph(): void {
    this.layout = readLayout(this.header.value);
    const { nodeCount, edgeCount } = this.layout;
    if (!this.wantsGraph(this.layout)) return;
    this.graph = {
      classOf: new Uint32Array(nodeCount),
      selfSizes: new Float64Array(nodeCount),
      firstEdge: new Uint32Array(nodeCount + 1),
      targets: new Uint32Array(edgeCount),
    };
  }

  private readNode(value: number): void {
    const { layout } = this;
    if (!layout || !isCount(value)) throw malformed('a node has a field that is not a whole number');
    if (this.field === layout.nodeTypeAt) this.type = value;
    else if (this.field === layout.nodeNameAt) this.name = value;
    else if (this.field === layout.nodeSelfSizeAt) this.size = value;
    else if (this.field === layout.nodeEdgeCountAt) this.edges = value;
    if (++this.field < layout.nodeFields) return;
    this.field = 0;
    this.addNode(layout);
  }

  private addNode(layout: SnapshotLayout): void {
    if (this.nodesRead === layout.nodeCount) throw malformed('there are more nodes than node_count says');
    const typeName = layout.nodeTypes[this.type];
    if (typeName === undefined) throw malformed(`node type ${this.type} is unknown`);
    const index = this.classIndex(typeName);
    const entry = this.classes[index];
    if (entry && (this.size > 0 || typeName === 'native')) {
      entry.count++;
      entry.selfBytes += this.size;
    }
    if (this.graph) {
      this.graph.classOf[this.nodesRead] = index;
      this.graph.selfSizes[this.nodesRead] = this.size;
      this.graph.firstEdge[this.nodesRead] = this.edges;
    }
    this.edgesDeclared += this.edges;
    this.nodesRead++;
  }

  private classIndex(typeName: string): number {
    const namedByObject = typeName === 'object' || typeName === 'native';
    const indexes = namedByObject ? this.classOfName : this.classOfType;
    const key = namedByObject ? this.name : this.type;
    let index = indexes.get(key);
    if (index === undefined) {
      const name = namedByObject ? undefined : (CLASS_OF_TYPE.get(typeName) ?? `(${typeName})`);
      index = this.classes.push({ name, count: 0, selfBytes: 0 }) - 1;
      indexes.set(key, index);
    }
    return index;
  }

  private endNodes(): void {
    const { layout } = this;
    if (!layout || this.field !== 0 || this.nodesRead !== layout.nodeCount)
      throw malformed('there are fewer nodes than node_count says');
    if (this.edgesDeclared !== layout.edgeCount) throw malformed('the edge counts of the nodes do not add up to edge_count');
    this.nextSource();
  }

  private readEdge(value: number): void {
    const { layout } = this;
    if (!layout || !isCount(value)) throw malformed('an edge has a field that is not a whole number');
    if (this.field === layout.edgeTypeAt) this.type = value;
    else if (this.field === layout.edgeToNodeAt) this.target = value;
    if (++this.field < layout.edgeFields) return;
    this.field = 0;
    if (this.edgesRead === layout.edgeCount) throw malformed('there are more edges than edge_count says');
    this.edgesRead++;
    if (this.graph) this.keepEdge(layout, this.graph);
  }

  /** Edges come in the order of their nodes. Only those that keep their target alive are of use. */
  private keepEdge(layout: SnapshotLayout, graph: SnapshotGraph): void {
    const target = this.target / layout.nodeFields;
    if (!Number.isInteger(target) || target >= layout.nodeCount) throw malformed('an edge leads to no node');
    const typeName = layout.edgeTypes[this.type];
    if (typeName !== 'weak' && (typeName !== 'shortcut' || this.source === 0)) graph.targets[this.edgesKept++] = target;
    if (--this.edgesOfSource === 0) {
      this.source++;
      this.nextSource();
    }
  }

  /** Goes on to the next node that has edges, turning counts into beginnings on the way. */
  private nextSource(): void {
    const { layout, graph } = this;
    if (!layout || !graph) return;
    for (; this.source < layout.nodeCount; this.source++) {
      this.edgesOfSource = graph.firstEdge[this.source] ?? 0;
      graph.firstEdge[this.source] = this.edgesKept;
      if (this.edgesOfSource > 0) return;
    }
    graph.firstEdge[layout.nodeCount] = this.edgesKept;
  }

  private endEdges(): void {
    if (this.field !== 0 || this.edgesRead !== this.layout?.edgeCount)
      throw malformed('there are fewer edges than edge_count says');
  }

  private notASnapshot(): HeapProfileError {
    if (this.layout) return malformed(`${this.section ?? 'the document'} is not as V8 writes it`);
    return new HeapProfileError('not-a-heap-profile', 'JSON, but not a V8 heap snapshot: it does not begin with {"snapshot":');
  }
}

/** False for NaN too, which stands for fractions. */
function isCount(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function malformed(what: string): HeapProfileError {
  return new HeapProfileError('malformed', `not a valid V8 heap snapshot: ${what}`);
}

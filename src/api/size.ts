import type { ContainerSize, SizeRecommendation } from '../model/index.js';
import { sizePatch } from '../render/view/size.js';
import { apiVersion, isoTime, type JsonStyle, type Statement, statement } from './index.js';

/** A recommendation in the form of the JSON API, schema/size-recommendation.v1alpha1.json. */
export interface SizeItem {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'SizeRecommendation';
  readonly workload: { readonly namespace: string; readonly kind?: string; readonly name: string };
  readonly source: string;
  readonly from: string;
  readonly to: string;
  readonly percentile: number;
  readonly margin: number;
  readonly containers: readonly (Omit<ContainerSize, 'doubts'> & { readonly doubts: readonly Statement[] })[];
  readonly unsized: readonly { readonly container: string; readonly why: Statement }[];
  /** A strategic merge patch as YAML; absent when nothing is recommended. */
  readonly patch?: string;
  readonly notes: readonly Statement[];
}

export function toSizeRecommendation(recommendation: SizeRecommendation, style: JsonStyle): SizeItem {
  const { namespace, kind, name, source, fromSeconds, toSeconds, percentile, margin, containers, unsized, notes } =
    recommendation;
  return {
    apiVersion,
    kind: 'SizeRecommendation',
    workload: { namespace, ...(kind === undefined ? {} : { kind }), name },
    source,
    from: isoTime(fromSeconds),
    to: isoTime(toSeconds),
    percentile,
    margin,
    containers: containers.map((size) => ({ ...size, doubts: size.doubts.map((doubt) => statement(doubt, style)) })),
    unsized: unsized.map(({ container, why }) => ({ container, why: statement(why, style) })),
    ...(containers.length === 0 ? {} : { patch: `${sizePatch(recommendation)}\n` }),
    notes: notes.map((note) => statement(note, style)),
  };
}

import { type Citation, message, ratio } from '../model/index.js';
import type { CaseFile } from './case-file.js';

/** A score says how much of its limit a process held. */
export interface ScoredShare {
  /** 0..1 */
  readonly share: number;
  readonly citation: Citation;
}

/**
 * The share of the limit that the process selected for the kill held: before 5.1 the kernel prints its resident memory, page tables
 * and swap in thousandths of what it may use, plus its oom_score_adj. Undefined where the score is not printed, where nothing tells
 * the oom_score_adj of that process (its row, or the head of the report when a process of the same name asked for the memory), and
 * where the kernel cut a negative sum off. Source: oom_badness(), mm/oom_kill.c, 3.10 to 5.0.
 */
export function shareByScore(file: CaseFile): ScoredShare | undefined {
  const { selected, invokedBy } = file.report;
  if (selected === undefined || selected.score <= 1) return undefined;
  const row = file.tasks.find(({ pid }) => pid === selected.pid);
  const [adj, line] =
    row?.oomScoreAdj !== undefined || invokedBy?.comm !== selected.comm
      ? [row?.oomScoreAdj, row?.line]
      : [invokedBy.oomScoreAdj, invokedBy.line];
  if (adj === undefined) return undefined;
  const share = Math.min(1, Math.max(0, (selected.score - adj) / 1000));
  return {
    share,
    citation: file.cite(
      message('evidence.score-share', { comm: selected.comm, score: selected.score, adj: String(adj), share: ratio(share) }),
      selected.line,
      line,
    ),
  };
}

import { bytes, message, ratio } from '../../model/index.js';
import { confidenceAt } from '../case-file.js';
import type { CauseRule } from '../rule.js';

/**
 * Unevictable pages: mlock(2), mlockall(2), SHM_LOCK, ramfs. Page cache that is locked cannot be dropped however clean it is,
 * so a charge of clean cache can be deadly after all.
 */
export const mlocked: CauseRule = {
  id: 'mlocked',
  weigh: (file) => {
    if (!file.isMemcg || file.accounting === undefined) return undefined;
    const unevictable = file.part('file', 'unevictable');
    if (unevictable === undefined) return undefined;
    const share = file.shareOf(unevictable.bytes);
    const anonShare = file.share('anon');
    // Locked anon would have been just as deadly unlocked when there is no swap: then anon is the better name.
    const lockedCache = file.anonIsCounted ? Math.max(0, share - anonShare) : 0;
    const confidence = Math.max(
      confidenceAt(lockedCache, [
        [0.15, 0.3],
        [0.35, 0.78],
        [0.6, 0.93],
      ]),
      confidenceAt(share, [
        [0.3, 0.2],
        [0.7, 0.45],
      ]),
    );
    if (confidence === 0) return undefined;
    const holder = file.victim !== undefined && (file.victim.fileRssBytes ?? 0) > unevictable.bytes / 2 ? file.victim : undefined;
    return {
      confidence,
      title: message('cause.mlocked.title'),
      because: [
        file.citeFrom(
          message('evidence.unevictable', { unevictable: bytes(unevictable.bytes), share: ratio(share) }),
          unevictable,
        ),
        ...(holder === undefined
          ? []
          : [
              file.cite(
                message('evidence.mlock-holder', { comm: holder.comm, file: bytes(holder.fileRssBytes ?? 0) }),
                holder.line,
              ),
            ]),
      ],
      against: [
        ...(file.anonIsCounted ? [] : [file.cite(message('against.anon-unknown'))]),
        ...(anonShare > 0.5 ? [file.citeFrom(message('against.locked-anon'), file.line('anon'))] : []),
      ],
      advice: [
        {
          action: message('advice.mlock'),
          snippet: { language: 'sh', text: 'grep -H VmLck /proc/[0-9]*/status | sort -k2 -n | tail' },
          verify: message('advice.mlock.verify'),
        },
      ],
    };
  },
};

import type { LineEvent } from './event.js';

/**
 * First lines of reports that print a call trace or Mem-Info and are none of the OOM killer's. The last three print the node's memory
 * where a sysctl asks for it.
 */
const OTHER_DUMPS: readonly RegExp[] = [
  // warn_alloc(), mm/page_alloc.c: `swapper/3: page allocation failure: order:4, mode:0x40820(GFP_ATOMIC|__GFP_COMP), …`
  /: page allocation (?:failure|stalls for)\b|, mode:0x[0-9a-f]{1,16}\(/,
  // sysrq_handle_showmem(), drivers/tty/sysrq.c
  /^[Ss]ys[Rr]q ?: Show Memory/,
  // check_hung_task(), kernel/hung_task.c
  /^INFO: task .{1,64}:\d{1,10} .{0,40}blocked .{0,40}for more than \d/,
  // kernel/rcu/tree_stall.h
  /^(?:rcu: )?INFO: rcu\w{0,20} (?:self-)?detected /,
  // watchdog_timer_fn(), kernel/watchdog.c
  /^(?:watchdog: )?BUG: soft lockup\b/,
];
const LONGEST = 400;

/** Recognises the first line of a report of the kernel that looks like an OOM report further on. */
export function parseOtherDump(text: string): LineEvent | undefined {
  const head = text.slice(0, LONGEST);
  return OTHER_DUMPS.some((pattern) => pattern.test(head)) ? { kind: 'other-dump' } : undefined;
}

import { type Advice, message } from '../model/index.js';

/** The command that tells dirty page cache from tmpfs while it happens: only the former has dirty and writeback pages. */
export function tellApart(): Advice {
  return {
    action: message('advice.tell-cache-from-tmpfs'),
    snippet: {
      language: 'sh',
      text: 'kubectl exec POD -c CONTAINER -- sh -c \'grep -hE "^(total_|file_)?(dirty|writeback|shmem) |^shmem " /sys/fs/cgroup/memory.stat /sys/fs/cgroup/memory/memory.stat 2>/dev/null; df -t tmpfs\'',
    },
    verify: message('advice.tell-cache-from-tmpfs.verify'),
  };
}

// Preloaded into a measured program: when it ends, writes its peak resident set in bytes to the file named by PEAK_RSS_FILE.
// VmHWM counts from exec on; getrusage's maximum would include the parent's memory at the fork.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  writeFileSync(process.env.PEAK_RSS_FILE ?? '', String(Number(kilobytes) * 1024));
});

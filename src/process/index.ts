/** What processes hold, from /proc. */
export { listMembers, type Member, readMembers } from './cgroup-processes.js';
export { writableFiles } from './open-files.js';
export { readProcess, withPss } from './read-process.js';

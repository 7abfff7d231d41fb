/** The files of a Linux host that several sources read: /proc and cgroup files, small, made by the kernel, gone at any moment. */
export { type Become, become } from './become.js';
export { dirtyableBytes, dirtySettings, multiGenLru } from './dirty-settings.js';
export { HostError, type HostErrorCode } from './error.js';
export { freeSwapBytes, type Host, hostAt, kernelRelease, pageSizeBytes, procOf, thisHost } from './host.js';
export { FALLOC_FL, type Libc, LibcError, libc, SYNC_FILE_RANGE } from './libc.js';
export { type Mount, parseMountinfo } from './mountinfo.js';
export { listHostDirectory, listHostSubdirectories, readHostFile, readHostLink, readHostText } from './read-file.js';

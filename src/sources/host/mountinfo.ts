/** One mount. Source: Documentation/filesystems/proc.rst, 3.5 /proc/<pid>/mountinfo (6.18). */
export interface Mount {
  /** `major:minor` of the files in it. */
  readonly device: string;
  /** The directory of the file system that is mounted: `/`, or a part of it. */
  readonly root: string;
  readonly mountPoint: string;
  readonly fileSystem: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** The mounts of /proc/PID/mountinfo, in its order; lines of another shape are passed over. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after] = line.split(' - ');
    const [, , device, root, mountPoint] = before.split(' ');
    const [fileSystem, source, superOptions] = after?.split(' ') ?? [];
    if (device === undefined || root === undefined || mountPoint === undefined || fileSystem === undefined) return [];
    return [
      {
        device,
        root: unescapePath(root),
        mountPoint: unescapePath(mountPoint),
        fileSystem,
        source: unescapePath(source ?? ''),
        superOptions: superOptions?.split(',') ?? [],
      },
    ];
  });
}

/** Blanks, tabs, line feeds and backslashes are written as octal (fs/proc_namespace.c, mangle()). */
function unescapePath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

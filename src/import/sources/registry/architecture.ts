/** Go's names for Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm64: 'arm64', arm: 'arm' };

/** An architecture, this machine's unless given, as registries name it: by Go's GOARCH. */
export function registryArchitecture(arch: string = process.arch): string {
  return ARCHITECTURES[arch] ?? arch;
}

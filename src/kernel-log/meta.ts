/** Where a line stood and what its prefix told. */
export interface LineMeta {
  readonly line: number;
  readonly uptimeSeconds?: number;
  readonly wallClock?: string;
  readonly stamp?: string;
  readonly host?: string;
  readonly caller?: string;
}

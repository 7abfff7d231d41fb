/** The part of asciichart 1.5 that is used; the package has no types. */
declare module 'asciichart' {
  export interface PlotConfig {
    readonly min?: number;
    readonly max?: number;
    readonly height?: number;
    readonly offset?: number;
    readonly format?: (value: number) => string;
  }
  export function plot(series: readonly (readonly number[])[], config?: PlotConfig): string;
}

import type { TopFunctions } from '../../../src/sources/heap/top-functions.js';

/**
 * Writes a TopFunctions as `go tool pprof -top` does, so that a test can compare line by line.
 * After internal/report/report.go and internal/measurement/measurement.go of github.com/google/pprof.
 */
export function pprofTop(top: TopFunctions): string[] {
  const show = valueFormat(top);
  const lines = [
    `Showing nodes accounting for ${show(top.shown)}, ${percentage(top.total === 0 ? 0 : top.shown / top.total).trim()} of ${show(top.total)} total`,
  ];
  if (top.total !== 0) {
    if (top.droppedNodes > 0) {
      const noun = top.droppedNodes === 1 ? 'node' : 'nodes';
      lines.push(`Dropped ${top.droppedNodes} ${noun} (cum <= ${show(top.droppedBelow)})`);
    }
    if (top.rows.length > 0 && top.rows.length < top.keptNodes)
      lines.push(`Showing top ${top.rows.length} nodes out of ${top.keptNodes}`);
  }
  lines.push('      flat  flat%   sum%        cum   cum%');
  for (const row of top.rows) {
    const inlined = row.inlined === undefined ? '' : row.inlined === 'all' ? ' (inline)' : ' (partial-inline)';
    const flat = `${show(row.flat).padStart(10)} ${percentage(row.flatRatio)} ${percentage(row.sumRatio)}`;
    lines.push(`${flat} ${show(row.cum).padStart(10)} ${percentage(row.cumRatio)}  ${row.name}${inlined}`);
  }
  return lines;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** pprof shows all values of a report in one unit, which it picks by the smallest and the largest of them. */
function valueFormat(top: TopFunctions): (value: number) => string {
  if (!/^bytes?$/.test(top.sampleType.unit)) return (value) => String(value);
  let smallest = 0;
  for (const { flat, cum } of top.rows) {
    const size = Math.abs(flat) || Math.abs(cum);
    if (size > 0 && (smallest === 0 || size < smallest)) smallest = size;
  }
  smallest ||= top.total;
  const spread = unitOf(smallest) !== unitOf(top.total) && smallest * 100 < top.total;
  const unit = top.rows.length === 0 ? undefined : unitOf(spread ? 100 * smallest : smallest);
  return (value) => {
    const power = unit ?? unitOf(Math.abs(value));
    const text = twoDecimals(value / 1024 ** power).replace(/\.00$/, '');
    return text === '0' || text === '-0' ? '0' : text + UNITS[power];
  };
}

function unitOf(size: number): number {
  let power = 0;
  while (power < UNITS.length - 1 && size >= 1024 ** (power + 1)) power++;
  return power;
}

/** Go's %.2f, which rounds a tie to the even digit where toFixed rounds it away from zero. */
function twoDecimals(value: number): string {
  const hundredths = value * 100;
  const isTie = Math.abs(hundredths % 1) === 0.5;
  return isTie ? ((2 * Math.round(hundredths / 2)) / 100).toFixed(2) : value.toFixed(2);
}

function percentage(ratio: number): string {
  const percent = Math.abs(ratio) * 100;
  if (percent >= 99.95 && percent <= 100.05) return '  100%';
  const text = percent >= 1 ? percent.toFixed(2) : twoDigits(percent);
  return `${text.padStart(5)}%`;
}

/** Go's %.2g. */
function twoDigits(value: number): string {
  if (value === 0) return '0';
  const [mantissa = '', exponentText = ''] = value.toExponential(1).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4) return `${mantissa.replace(/\.0$/, '')}e-${String(-exponent).padStart(2, '0')}`;
  return String(Number(value.toPrecision(2)));
}

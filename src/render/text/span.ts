/** Colours a text; the identity when colour is off. Layout happens before painting, so widths never count escape codes. */
export type Paint = (text: string) => string;

/** A run of text in one style. */
export interface Span {
  readonly text: string;
  readonly paint?: Paint;
}

/** A laid-out line. */
export type Line = readonly Span[];

export function span(text: string, paint?: Paint): Span {
  return paint === undefined ? { text } : { text, paint };
}

/** A line of one unpainted or painted text. */
export function line(text: string, paint?: Paint): Line {
  return [span(text, paint)];
}

/** A line as text: neighbours in one style are painted together, trailing blanks dropped. */
export function paintLine(spans: Line): string {
  const merged: { text: string; paint?: Paint }[] = [];
  for (const { text, paint } of spans) {
    const last = merged.at(-1);
    if (last !== undefined && last.paint === paint) last.text += text;
    else if (text !== '') merged.push({ ...span(text, paint) });
  }
  for (let last = merged.at(-1); last !== undefined; last = merged.at(-1)) {
    last.text = last.text.trimEnd();
    if (last.text !== '') break;
    merged.pop();
  }
  return merged.map(({ text, paint }) => (paint === undefined ? text : paint(text))).join('');
}

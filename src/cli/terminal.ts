import type { WriteStream } from 'node:tty';

const PIPED_WIDTH = 80;

/** The columns to lay out for: the terminal's, or 80 when the output goes elsewhere. */
export function widthOf(stream: WriteStream): number {
  return stream.isTTY ? stream.columns : PIPED_WIDTH;
}

/**
 * Whether to colour: --no-color, then FORCE_COLOR (`0` and `false` mean no, as Node reads it), then NO_COLOR
 * (https://no-color.org), then whether the output is a terminal that can.
 */
export function wantsColor(allowed: boolean, env: NodeJS.ProcessEnv, stream: WriteStream): boolean {
  if (!allowed) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** A reader of our output that goes away early (`| head`) is no error: the program ends quietly. */
export function endQuietlyOnClosedPipe(stream: WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

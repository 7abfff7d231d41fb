/** The words that start this program again, from the bundle or from source. */
export function selfProgram(): readonly [string, ...string[]] {
  const [, script = ''] = process.argv;
  return [process.execPath, ...process.execArgv, script];
}

/** Examples for the end of a help text: each a command line and what it gives, in two columns. */
export function examplesText(examples: readonly (readonly [commandLine: string, gives: string])[]): string {
  const width = Math.max(...examples.map(([commandLine]) => commandLine.length));
  const lines = examples.map(([commandLine, gives]) => `  ${commandLine.padEnd(width)}  ${gives}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

import type { Diagnosis, Message } from '../model/index.js';
import type { TerminalStyle } from '../render/index.js';
import type { Language } from '../words/language.js';
import type { CommonOptions } from './options.js';
import { wantsColor, widthOf } from './terminal.js';

/** How diagnoses are printed. */
export type PrintOptions = CommonOptions & { readonly output: 'text' | 'wide' | 'json' | 'markdown' | 'md' | 'html' };

/** Prints diagnoses on standard output in the format asked for. The page, which takes more than diagnoses, is print-page.ts's. */
export function printDiagnoses(
  diagnoses: readonly Diagnosis[],
  warnings: readonly Message[],
  lang: Language,
  options: PrintOptions,
  report: typeof import('../render/index.js'),
): void {
  switch (options.output) {
    case 'json':
      process.stdout.write(report.printJson(report.toDiagnosisList(diagnoses, warnings, { lang })));
      break;
    case 'markdown':
    case 'md':
      process.stdout.write(report.renderMarkdown(diagnoses, { lang }));
      break;
    default:
      process.stdout.write(report.renderTerminal(diagnoses, styleOf(options, lang)));
  }
}

export function styleOf({ output, color }: PrintOptions, lang: Language): TerminalStyle {
  const isMarkdown = output === 'markdown' || output === 'md';
  return {
    lang,
    width: widthOf(process.stdout),
    color: !isMarkdown && wantsColor(color, process.env, process.stdout),
    wide: output === 'wide',
  };
}

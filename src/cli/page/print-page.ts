import { readFileSync } from 'node:fs';
import type { DiagnosedIncident } from '../../inquiry/opened.js';
import { type InlinedFile, pageEvidence, renderPage } from '../../inquiry/page.js';
import type { IncidentCriteria } from '../../inquiry/select-incidents.js';
import { bytes, type Diagnosis, type Excerpt, type Message, MIB, message, type OomReport } from '../../model/index.js';
import { redactExcerpt, redactLog } from '../../sources/bundle/log-excerpt.js';
import { isRecording } from '../../sources/recording/recognise.js';
import { redactCommandLine } from '../../sources/redact.js';
import type { Language } from '../../words/language.js';
import { renderMessage } from '../../words/messages/render.js';
import { ExitCode } from '../exit-code.js';
import { readBuiltPage } from './built-page.js';

/** A page is sent and kept as one file, and a browser holds it as one string. */
const MOST_CHARACTERS = 96 * MIB;
const MOST_FILE_BYTES = 64 * MIB;

/**
 * Prints the page with the diagnoses in it, and the lines of the log that each cites. Those beyond what one page can hold are left
 * out, which is said and gives the exit code of a part.
 */
export function printDiagnosesPage(
  diagnoses: readonly Diagnosis[],
  excerpts: ReadonlyMap<OomReport, Excerpt>,
  warnings: readonly Message[],
  lang: Language,
): void {
  const incidents: DiagnosedIncident[] = [];
  let room = MOST_CHARACTERS;
  for (const diagnosis of diagnoses) {
    const { report } = diagnosis.incident;
    const excerpt = excerpts.get(report);
    const incident = { diagnosis, ...(excerpt === undefined ? {} : { excerpt: redactExcerpt(excerpt, report) }) };
    room -= JSON.stringify(incident).length;
    if (room < 0) break;
    incidents.push(incident);
  }
  const left = diagnoses.length - incidents.length;
  const leftOut = left === 0 ? [] : [message('page-command.left-out', { count: left, shown: incidents.length })];
  for (const warning of leftOut) say(warning, lang);
  if (left > 0) process.exitCode = ExitCode.PartlyRead;
  print(pageEvidence(lang, { incidents, warnings: [...warnings, ...leftOut] }));
}

/**
 * Prints the page with a bundle or a recording in it, which it reads itself: so it shows all that is in there, not the kills only.
 */
export function printDocumentPage(path: string, criteria: IncidentCriteria, lang: Language): void {
  const content = isRecording(path) ? safeRecording(readFileSync(path, 'utf8')) : readFileSync(path);
  if (content.length > MOST_FILE_BYTES) {
    say(message('page-command.too-large', { path, size: bytes(content.length) }), lang);
    process.exitCode = ExitCode.Unreadable;
    return;
  }
  const file: InlinedFile = { name: path, base64: content.toString('base64') };
  print(pageEvidence(lang, { files: [file], criteria }));
}

function print(evidence: ReturnType<typeof pageEvidence>): void {
  process.stdout.write(renderPage(readBuiltPage(), evidence));
}

/** A recording as a bundle would have it: no secrets in command lines, nor in the kernel's log around the reports. */
function safeRecording(text: string): Buffer {
  const run: unknown = JSON.parse(text, (name, value: unknown) => {
    if (name === 'kernelLog' && typeof value === 'string') return redactLog(value);
    return (name === 'command' || name === 'commandLine') && Array.isArray(value) ? redactCommandLine(value.map(String)) : value;
  });
  return Buffer.from(JSON.stringify(run));
}

function say(text: Message, lang: Language): void {
  process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
}

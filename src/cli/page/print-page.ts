import { readFileSync } from 'node:fs';
import type { DiagnosedIncident } from '../../inquiry/opened.js';
import { type InlinedFile, pageEvidence, renderPage } from '../../inquiry/page.js';
import type { IncidentCriteria } from '../../inquiry/select-incidents.js';
import { bytes, type Diagnosis, type Excerpt, type Message, MIB, message, type OomReport } from '../../model/index.js';
import { publicRecording } from '../../sources/bundle/public-text.js';
import { readBundle } from '../../sources/bundle/read-bundle.js';
import { bundleBytes } from '../../sources/bundle/write-bundle.js';
import { isRecording } from '../../sources/recording/recognise.js';
import type { Language } from '../../words/language.js';
import { renderMessage } from '../../words/messages/render.js';
import { ExitCode } from '../exit-code.js';
import { readBuiltPage } from './built-page.js';

/** A page is sent and kept as one file, and a browser holds it as one string. */
const MOST_CHARACTERS = 96 * MIB;
const MOST_FILE_BYTES = 64 * MIB;

/**
 * Prints the page with the diagnoses in it, and the lines of the log that each cites, which are fit for others to see. Those beyond what
 * one page can hold are left out, which is said and gives the exit code of a part.
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
    const excerpt = excerpts.get(diagnosis.incident.report);
    const incident = { diagnosis, ...(excerpt === undefined ? {} : { excerpt }) };
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
export async function printDocumentPage(path: string, criteria: IncidentCriteria, lang: Language): Promise<void> {
  const content = isRecording(path)
    ? Buffer.from(publicRecording(readFileSync(path, 'utf8')))
    : await bundleBytes(path, await readBundle(path));
  if (content.length > MOST_FILE_BYTES) {
    say(message('page-command.too-large', { path, size: bytes(content.length) }), lang);
    process.exitCode = ExitCode.Unreadable;
    return;
  }
  const file: InlinedFile = { name: path, base64: Buffer.from(content).toString('base64') };
  print(pageEvidence(lang, { files: [file], criteria }));
}

function print(evidence: ReturnType<typeof pageEvidence>): void {
  process.stdout.write(renderPage(readBuiltPage(), evidence));
}

function say(text: Message, lang: Language): void {
  process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
}

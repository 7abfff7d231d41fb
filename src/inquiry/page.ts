import { apiVersion } from '../api/index.js';
import type { Message } from '../model/index.js';
import { type Language, languages } from '../words/language.js';
import { type Catalogue, catalogue } from '../words/messages/index.js';
import type { DiagnosedIncident } from './opened.js';
import type { IncidentCriteria } from './select-incidents.js';

/** What a page is given to show when it is made: what the command line has read, and files for the page to read itself. */
export interface PageEvidence {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'PageEvidence';
  readonly lang: Language;
  readonly incidents: readonly DiagnosedIncident[];
  readonly files: readonly (InlinedFile | ServedFile)[];
  /** Which incidents of the files were asked for. */
  readonly criteria: IncidentCriteria;
  readonly warnings: readonly Message[];
  /** The sentences of the messages in it: the page brings those only that it can come to by itself. */
  readonly sentences: Readonly<Record<Language, Catalogue>>;
}

export interface InlinedFile {
  readonly name: string;
  readonly base64: string;
}

/** A file that the server of the page has. */
export interface ServedFile {
  readonly name: string;
  /** Relative to the page. */
  readonly url: string;
  readonly sizeBytes: number;
}

/** Where the evidence goes. Its type makes it data: a browser never runs it. */
const PLACE = '<script type="application/json" id="evidence"></script>';
/** What would end the element or begin a comment in it, and what hides or reorders text in an editor. */
const UNSAFE = /[<\u007f-\u009f\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

type Parts = Partial<Pick<PageEvidence, 'incidents' | 'files' | 'criteria' | 'warnings'>>;

/** Evidence for a page, with the sentences of its messages in both languages: a reader may switch. */
export function pageEvidence(lang: Language, { incidents = [], files = [], criteria = {}, warnings = [] }: Parts): PageEvidence {
  const keys = messageKeys([incidents, warnings]);
  const sentences = Object.fromEntries(languages.map((each) => [each, sentencesOf(keys, each)])) as Record<Language, Catalogue>;
  return { apiVersion, kind: 'PageEvidence', lang, incidents, files, criteria, warnings, sentences };
}

/** The keys of all messages in a value, also of those that are a message's parameters. */
function messageKeys(value: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return found;
  if ('key' in value && typeof value.key === 'string' && 'params' in value) found.add(value.key);
  for (const part of Object.values(value)) messageKeys(part, found);
  return found;
}

function sentencesOf(keys: ReadonlySet<string>, lang: Language): Catalogue {
  const all = catalogue(lang);
  return Object.fromEntries([...keys].flatMap((key) => (Object.hasOwn(all, key) ? [[key, all[key] ?? '']] : [])));
}

/**
 * The page with evidence in it, one file that needs nothing else. `page` is the built page. Whatever the evidence holds stays
 * data: no character of it can end the element it is in. Throws when `page` has no place for it.
 */
export function renderPage(page: string, evidence: PageEvidence): string {
  const [before, after] = page.split(PLACE);
  if (before === undefined || after === undefined) throw new Error('not the built page: it has no place for evidence');
  const text = JSON.stringify(evidence).replace(UNSAFE, escapeUnits);
  return `${before}${PLACE.replace('></', () => `>${text}</`)}${after}`;
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  );
}

/** What the built page's policy says of requests, and what it says when a server has the files. */
const NO_REQUEST = "connect-src 'none'";
const OWN_SERVER = "connect-src 'self'";

/** The page as a server of its own gives it: it may ask that server for the files, and nobody else for anything. */
export function pageForServer(page: string): string {
  if (!page.includes(NO_REQUEST)) throw new Error('not the built page: its policy says nothing of requests');
  return page.replace(NO_REQUEST, OWN_SERVER);
}

/** Reads evidence back. It is the page's own: whoever could change it could change the page. */
export function parsePageEvidence(text: string): PageEvidence {
  return JSON.parse(text) as PageEvidence;
}

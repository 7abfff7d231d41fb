import { withoutCopies } from '../inquiry/copies.js';
import { type IncidentCriteria, selectIncidents } from '../inquiry/select-incidents.js';
import { type Excerpt, type Incident, type Message, message, type OomReport } from '../model/index.js';
import { toIncident } from '../sources/kernel-log/incident.js';
import type { LogInput, ReadSummary } from '../sources/kernel-log/readers/read-logs.js';
import { type ReadReportsContext, readReports } from '../sources/kernel-log/readers/read-reports.js';
import type { Language } from '../words/language.js';
import { renderMessage } from '../words/messages/render.js';
import { exitCodeFor } from './exit-code.js';
import { type CommonOptions, criteriaOf, type InputOptions, inputsOf, languageFor } from './options.js';
import { ProgressBar } from './progress-bar.js';

/** What a command that reads logs goes on with. */
export interface IncidentsRead {
  readonly incidents: readonly Incident[];
  readonly lang: Language;
  /** What went wrong or is worth knowing about the reading: already said on standard error, to be put into JSON. */
  readonly warnings: readonly Message[];
  /** That nothing was found, and where; said already too. */
  readonly notFound: readonly Message[];
  /** The lines of the log that each report consists of, where they were asked for. */
  readonly excerpts: ReadonlyMap<OomReport, Excerpt>;
  readonly exitCode: number;
}

/** Reads what the command line asks for, showing progress, and says on standard error what could not be read or found. */
export async function readIncidents(
  paths: readonly string[],
  options: InputOptions & CommonOptions,
  { keepsExcerpts = false }: Pick<ReadReportsContext, 'keepsExcerpts'> = {},
): Promise<IncidentsRead> {
  const lang = languageFor(options);
  const inputs = inputsOf(paths, options);
  const { reports, summary, excerpts } = await readInterruptibly(inputs, keepsExcerpts);
  const { incidents: all, copies } = withoutCopies(reports.map(toIncident));
  const criteria = criteriaOf(options);
  const incidents = selectIncidents(all, criteria);
  const repeated = copies === 0 ? [] : [message('found.copies', { count: copies })];
  const problems = [...summary.errors.map((error) => error.problem), ...summary.damages, ...(summary.unread ?? [])];
  const warnings = [...problems, ...summary.notes, ...repeated];
  const notFound = incidents.length > 0 ? [] : whatWasNotFound(inputs, summary, criteria, all.length);
  for (const warning of [...warnings, ...notFound]) process.stderr.write(`oomkit: ${renderMessage(warning, { lang })}\n`);
  if (options.debug === true) for (const error of summary.errors) process.stderr.write(`${error.stack}\n`);
  return { incidents, lang, warnings, notFound, excerpts, exitCode: exitCodeFor(incidents.length, summary) };
}

/** Ctrl-C ends the reading and the programs it runs; a second one ends oomkit at once. */
async function readInterruptibly(inputs: readonly LogInput[], keepsExcerpts: boolean): ReturnType<typeof readReports> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  const bar = new ProgressBar();
  try {
    return await readReports(inputs, {
      signal: controller.signal,
      keepsExcerpts,
      onProgress: (progress) => bar.update(progress),
    });
  } finally {
    bar.stop();
    process.off('SIGINT', interrupt);
  }
}

/** Says that nothing was found in what the user named; nothing at all when that could not be read anyway. */
function whatWasNotFound(inputs: readonly LogInput[], summary: ReadSummary, criteria: IncidentCriteria, read: number): Message[] {
  const { sources, binaries, errors, damages, unread = [] } = summary;
  if (read > 0) return [message('found.nothing-matches', { filter: filterText(criteria), count: read })];
  if (sources.length === 0 && errors.length > 0) return [];
  const names = inputs.map((input) => (input.kind === 'path' ? input.path : input.kind === 'stdin' ? '-' : input.kind));
  const [first = '', ...others] = names;
  const named = message(others.length === 0 ? 'found.input' : 'found.inputs', { first, others: others.length });
  const where = { kind: 'message', value: named } as const;
  if (errors.length + damages.length + unread.length > 0) return [message('found.nothing-in-part', { where })];
  const [only] = sources;
  if (sources.length === 1 && only === first)
    return [message(binaries.length > 0 ? 'found.nothing-in-binary' : 'found.nothing', { where })];
  return [message('found.nothing-in-files', { where, count: sources.length })];
}

/** The filters as they were given: `--pid 7 --pod 6b21`. */
function filterText(criteria: IncidentCriteria): string {
  return Object.entries(criteria)
    .map(([name, value]) => `--${name} ${value}`)
    .join(' ');
}

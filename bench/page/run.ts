/**
 * Measures how long the page takes for a large kernel log, against the command line on the same file, and the longest time for which
 * it does not answer meanwhile. See bench/README.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { writeLogFile } from '../kernel-log/log-file.js';
import { median } from '../kernel-log/measure.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(ROOT, 'dist');
const RATIO_AIM = 3;
const TASK_AIM_MS = 200;
/** The browser's own: shorter tasks are not told of. */
const LONG_TASK_MS = 50;

const USAGE = `usage: npm run bench:page -- [options]
  --size MIB        size of the log, default 200
  --reports N       OOM reports in it, default 200
  --rounds N        how often it is read, default 3
  --chromium FILE   the browser, default /usr/bin/chromium`;

interface Options {
  readonly mebibytes: number;
  readonly reports: number;
  readonly rounds: number;
  readonly chromium: string;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '200' },
      reports: { type: 'string', default: '200' },
      rounds: { type: 'string', default: '3' },
      chromium: { type: 'string', default: '/usr/bin/chromium' },
    },
  });
  const number = (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) throw new Error(`not a whole number above 0: ${text}\n${USAGE}`);
    return value;
  };
  const { size, reports, rounds } = values;
  return { mebibytes: number(size), reports: number(reports), rounds: number(rounds), chromium: values.chromium };
}

interface PageTimes {
  readonly seconds: number;
  /** Of every task of the main thread over LONG_TASK_MS, from the choice of the file on. */
  readonly longTasksMs: readonly number[];
  readonly incidents: string;
}

async function main({ mebibytes, reports, rounds, chromium: executablePath }: Options): Promise<void> {
  for (const path of [executablePath, join(DIST, 'page.html'), join(DIST, 'oomkit.js')]) {
    if (!existsSync(path))
      throw new Error(`${path} is missing: npm run build makes the program, Debian's chromium is the browser`);
  }
  const directory = mkdtempSync(join(tmpdir(), 'oomkit-bench-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  process.once('SIGINT', () => process.exit(130));
  const log = join(directory, 'node.log');
  await writeLogFile({ path: log, bytes: mebibytes * 2 ** 20, reports, fixtures: join(ROOT, 'test', 'fixtures', 'oom-logs') });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const ofPage: PageTimes[] = [];
    const ofProgram: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const page = await timePage(browser, log);
      const program = timeProgram(log);
      // The first round warms the page cache.
      if (round === 0) continue;
      ofPage.push(page);
      ofProgram.push(program);
    }
    print(ofPage, ofProgram, mebibytes);
  } finally {
    await browser.close();
  }
}

async function timePage(browser: Browser, log: string): Promise<PageTimes> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(DIST, 'page.html')).href);
    await watchLongTasks(page);
    const begun = performance.now();
    await page.locator('input[type=file]').setInputFiles(log);
    await page.locator('.verdict-title').waitFor({ timeout: 600_000 });
    const seconds = (performance.now() - begun) / 1000;
    // A task is told of when it is over, and the picture has been drawn by then.
    await page.waitForTimeout(500);
    const longTasksMs = (await page.evaluate('longTasks')) as number[];
    return { seconds, longTasksMs, incidents: await page.locator('#list-heading').innerText() };
  } finally {
    await context.close();
  }
}

/** Collects the long tasks of a page. Throws when the browser does not tell of one that was made on purpose. */
async function watchLongTasks(page: Page): Promise<void> {
  await page.evaluate(
    `globalThis.longTasks = [];
     void new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
     void setTimeout(() => { const end = performance.now() + ${2 * LONG_TASK_MS}; while (performance.now() < end); });`,
  );
  await page.waitForFunction('longTasks.length > 0', undefined, { timeout: 10_000 });
  await page.evaluate('void (longTasks.length = 0)');
}

/** Seconds. 4 is oomkit's "partly read": some of the logs are damaged on purpose. */
function timeProgram(log: string): number {
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, [join(DIST, 'oomkit.js'), 'diagnose', log, '-o', 'json'], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  if (status !== 0 && status !== 4) throw new Error(`oomkit diagnose ended with exit code ${status}`);
  return (performance.now() - begun) / 1000;
}

function print(ofPage: readonly PageTimes[], ofProgram: readonly number[], mebibytes: number): void {
  const page = median(ofPage.map(({ seconds }) => seconds));
  const program = median(ofProgram);
  const longest = Math.max(0, ...ofPage.flatMap(({ longTasksMs }) => longTasksMs));
  console.log(`${mebibytes} MiB, ${ofPage[0]?.incidents}, ${ofPage.length} rounds`);
  console.log(`  page, file to verdict        ${page.toFixed(2)} s`);
  console.log(`  oomkit diagnose -o json      ${program.toFixed(2)} s`);
  const ratio = page / program;
  console.log(
    `  ratio                        ${ratio.toFixed(2)}  (aim: at most ${RATIO_AIM}, ${ratio <= RATIO_AIM ? 'met' : 'missed'})`,
  );
  const shown = longest === 0 ? `under ${LONG_TASK_MS}` : longest.toFixed(0);
  const verdict = longest <= TASK_AIM_MS ? 'met' : 'missed';
  console.log(`  longest main-thread task     ${shown} ms  (aim: at most ${TASK_AIM_MS} ms, ${verdict})`);
}

await main(readOptions());

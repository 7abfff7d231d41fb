import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';

export const PAGE = resolve('dist/page.html');

/** Whether there is no browser to test with: the tests are then skipped, which in CI is a failure. */
export function skipBrowser(): boolean {
  if (inject('browser') !== undefined) return false;
  if (process.env.CI === 'true') throw new Error('page tests cannot run: no Chromium');
  console.warn('page tests are skipped: no Chromium');
  return true;
}

let connection: Promise<Browser> | undefined;

function browser(): Promise<Browser> {
  connection ??= chromium.connect(inject('browser') ?? '');
  return connection;
}

export interface Visit extends BrowserContextOptions {
  /** The built page, opened as a file, unless given. */
  readonly address?: string;
  /** Addresses that the page may ask for. */
  readonly mayAsk?: RegExp;
}

/** What a page asked for and complained of. */
export interface Seen {
  readonly requests: string[];
  readonly errors: string[];
}

/** A window, used again by the tests of a file that want one of the same kind: making one takes longer than most tests. */
interface Window {
  readonly page: Page;
  readonly seen: Seen;
  address: string;
  mayAsk: RegExp | undefined;
}

const windows = new Map<string, Window>();

/**
 * Opens the page as one who never was there. The test fails when the page asks for anything but itself and what it may ask for, and
 * when it complains of anything: a script's error, a policy that was broken.
 */
export async function visit({ address = pathToFileURL(PAGE).href, mayAsk, ...options }: Visit = {}): Promise<Page> {
  const kind = JSON.stringify(options);
  const window = windows.get(kind) ?? (await newWindow(options));
  windows.set(kind, window);
  const { page, seen } = window;
  Object.assign(window, { address, mayAsk });
  onTestFinished(async () => {
    // Nothing of a page goes on while the next test runs, nor is remembered.
    await page.evaluate('localStorage.clear()');
    await page.goto('about:blank');
    expect({ requests: seen.requests.splice(0), errors: seen.errors.splice(0) }).toEqual({ requests: [], errors: [] });
  });
  await page.goto(address);
  return page;
}

async function newWindow(options: BrowserContextOptions): Promise<Window> {
  const context = await (await browser()).newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const seen: Seen = { requests: [], errors: [] };
  const window: Window = { page, seen, address: '', mayAsk: undefined };
  context.on('request', (request) => {
    const asked = request.url();
    const isOwn = asked === window.address || /^(?:blob|data|about):/.test(asked);
    if (!isOwn && window.mayAsk?.test(asked) !== true) seen.requests.push(asked);
  });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') seen.errors.push(message.text());
  });
  page.on('dialog', (dialog) => {
    seen.errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return window;
}

/** What a page did so far, to look at in a test that lets it do what it should not; it counts no more afterwards. */
export function takeSeen(page: Page): Seen {
  const { seen } = [...windows.values()].find((window) => window.page === page) ?? { seen: { requests: [], errors: [] } };
  return { requests: seen.requests.splice(0), errors: seen.errors.splice(0) };
}

/** Opens files with the page's own button, and waits until they are shown. */
export async function open(page: Page, files: Parameters<Page['setInputFiles']>[1]): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(files);
  await opened(page);
}

export async function opened(page: Page): Promise<void> {
  await page.locator('main.results').waitFor();
  await page.locator('.progress').waitFor({ state: 'detached' });
}

/** Opens a text as it is pasted into the landing page's field. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').evaluate((field, pasted) => {
    const { DataTransfer, ClipboardEvent } = field.ownerDocument.defaultView;
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
  await opened(page);
}

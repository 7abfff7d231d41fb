import { existsSync } from 'node:fs';
import { type BrowserServer, chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { buildProgram } from '../../cli/built-program.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser that all tests share is reached; absent where there is none. */
    readonly browser: string | undefined;
  }
}

const CHROMIUM = '/usr/bin/chromium';

/** Nothing but the page itself is to make a request: the browser's own ones are switched off. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Builds the program with its page, and starts one browser for all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildProgram();
  const server = existsSync(CHROMIUM) ? await chromium.launchServer({ executablePath: CHROMIUM, args: ARGUMENTS }) : undefined;
  project.provide('browser', server?.wsEndpoint());
  return async () => close(server);
}

async function close(server: BrowserServer | undefined): Promise<void> {
  await server?.close();
}

// npm test: installs what is missing, then runs every check and every test, and ends with the count of the tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDependencies, root } from './dependencies.mjs';

installDependencies();
const failedChecks = checkNames().filter((name) => !succeeds('npm', ['run', '--silent', name]));
const tests = runTests();

console.log();
for (const name of failedChecks) console.log(`check failed: ${name}`);
for (const name of tests.forbiddenSkips) console.log(`test skipped, which CI does not allow: ${name}`);
console.log(`${tests.passed} passed, ${tests.failed} failed${tests.skipped === 0 ? '' : `, ${tests.skipped} skipped`}`);
const allWell = failedChecks.length === 0 && tests.succeeded && tests.failed === 0 && tests.forbiddenSkips.length === 0;
process.exitCode = allWell ? 0 : 1;

/**
 * The checks are the scripts of package.json called so, in their order.
 * @returns {string[]}
 */
function checkNames() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(scripts).filter((name) => name.startsWith('check:'));
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function succeeds(program, args) {
  console.log(`\n$ ${[program, ...args].join(' ')}`);
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) console.log(error.message);
  return status === 0;
}

/**
 * Runs vitest and counts by its own report. A test that skips for want of a tool or a privilege proves nothing: CI has them all, and
 * there it counts as a failure.
 */
function runTests() {
  const directory = mkdtempSync(join(tmpdir(), 'oomkit-vitest-'));
  const report = join(directory, 'results.json');
  try {
    const succeeded = succeeds('npx', ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return {
      succeeded,
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests + numTodoTests,
      forbiddenSkips: process.env.CI === 'true' ? skippedTests(testResults) : [],
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * @param {{ assertionResults: { status: string, fullName: string }[] }[]} files
 * @returns {string[]}
 */
function skippedTests(files) {
  return files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName);
}

// Installs what package-lock.json asks for, when that is not what node_modules holds. Plain Node: it runs before anything is
// installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs `npm ci` when it is needed. Throws when that fails. */
export function installDependencies() {
  if (areInstalled()) return;
  console.error('Installing the development packages (npm ci)…');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm ci ended with exit code ${status}`);
}

/**
 * Whether every package of package-lock.json is installed in its version; npm notes what it installed in
 * node_modules/.package-lock.json. Packages for other platforms are optional and stay out.
 */
function areInstalled() {
  const noted = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(noted);
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || optional || devOptional || installed[path]?.version === version,
  );
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

// npm run quickstart: installs, builds, and diagnoses the first example.
import { spawnSync } from 'node:child_process';
import { installDependencies, root } from './dependencies.mjs';

installDependencies();
await import('./build.mjs');
const example = 'examples/01-cdi-importer/kernel.log';
console.error(`\n$ oomkit diagnose ${example}\n`);
const { status } = spawnSync(process.execPath, ['dist/oomkit.js', 'diagnose', example], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;

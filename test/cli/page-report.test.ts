import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PageEvidence, pageForServer, parsePageEvidence } from '../../src/inquiry/page.js';
import { sha256 } from '../../src/sources/bundle/files.js';
import { BUNDLE_VERSION, KERNEL_LOG } from '../../src/sources/bundle/manifest.js';
import { tarArchive } from '../support/tar-archive.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { buildProgram, oomkit } from './built-program.js';

const SEED = readFileSync('test/fixtures/oom-logs/seed-cdi-importer.txt', 'utf8');
const RUN = readFileSync('test/fixtures/recordings/anon-killed.json', 'utf8');
const SECRET = 'hunter2-swordfish';

beforeAll(buildProgram);

function file(name: string, text: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

/** The text of the element that holds the evidence, as a browser would cut it out. */
function elementIn(html: string): string {
  return /<script type="application\/json" id="evidence">([\s\S]*?)<\/script/i.exec(html)?.[1] ?? '';
}

function evidenceOf(args: readonly string[], status: number): PageEvidence {
  const made = oomkit(['diagnose', ...args, '-o', 'html']);
  expect(made.status).toBe(status);
  return parsePageEvidence(elementIn(made.stdout));
}

describe('diagnose -o html', () => {
  it('has the diagnosis of -o json, whole', () => {
    const path = file('kern.log', SEED);
    const [incident] = evidenceOf([path], 0).incidents;
    const { items } = JSON.parse(oomkit(['diagnose', path, '-o', 'json']).stdout);
    expect(incident?.diagnosis.accounting?.chargedBytes).toBe(items[0].accounting.chargedBytes);
    expect(incident?.diagnosis.causes.map(({ id, confidence }) => ({ id, confidence }))).toEqual(
      items[0].causes.map(({ id, confidence }: { id: string; confidence: number }) => ({ id, confidence })),
    );
    expect(incident?.excerpt?.parts.flatMap(({ lines }) => lines)).toEqual(SEED.trimEnd().split('\n'));
  });

  it('has no secret of the lines around a report', () => {
    const around = `[580237.300000] app: connecting with password=${SECRET}\n`;
    const { incidents } = evidenceOf([file('kern.log', around + SEED + around)], 0);
    const text = JSON.stringify(incidents);
    expect(text).toContain('connecting with password=redacted');
    expect(text).not.toContain(SECRET);
  });

  it('leaves out what other programs logged between the lines of a report, and counts it', () => {
    const between = `Mar 13 11:16:48 node1 app[12]: the word is ${SECRET}`;
    const lines = SEED.trimEnd()
      .split('\n')
      .filter((line) => line !== '');
    const mixed = lines.flatMap((line) => [`Mar 13 11:16:48 node1 kernel: ${line}`, between]);
    const [incident] = evidenceOf([file('messages', mixed.join('\n'))], 0).incidents;
    expect(JSON.stringify(incident)).not.toContain(SECRET);
    expect(incident?.excerpt?.parts.flatMap((part) => part.lines)).toHaveLength(lines.length);
    expect(incident?.excerpt?.leftOut).toBe(lines.length);
  });

  it('has no secret that an older oomkit left in a bundle', () => {
    const path = join(temporaryDirectory(), 'bundle.tgz');
    const log = `${SEED.trimEnd()}\n[580237.400000] app: token=${SECRET}\n`;
    const content = Buffer.from(log);
    const manifest = {
      version: BUNDLE_VERSION,
      created: '2026-11-23T12:00:00.000Z',
      tool: { name: 'oomkit', version: '0.0.0' },
      host: { architecture: 'x64', hostname: 'redacted' },
      files: [{ name: KERNEL_LOG, source: 'kmsg', bytes: content.length, sha256: sha256(content) }],
    };
    const members = [
      { name: 'manifest.json', data: Buffer.from(JSON.stringify(manifest)) },
      { name: KERNEL_LOG, data: content },
    ];
    writeFileSync(path, gzipSync(tarArchive(members)));
    const [inlined] = evidenceOf([path], 0).files;
    const tar = gunzipSync(Buffer.from(inlined !== undefined && 'base64' in inlined ? inlined.base64 : '', 'base64')).toString();
    expect(tar).toContain('token=redacted');
    expect(tar).not.toContain(SECRET);
    expect(oomkit(['diagnose', path]).status).toBe(0);
  });

  it('has no secret of the command line in a recording', () => {
    const [inlined] = evidenceOf([file('run.json', RUN.replace('["perl"', `["perl","--token=${SECRET}"`))], 0).files;
    const text = Buffer.from(inlined !== undefined && 'base64' in inlined ? inlined.base64 : '', 'base64').toString('utf8');
    expect(text).toContain('--token=redacted');
    expect(text).not.toContain(SECRET);
  });

  it('keeps hostile text within its element, and escapes what hides', () => {
    const log = SEED.replaceAll('/kubepods/', '/<!--</script>\u2028\u202e/');
    const { stdout } = oomkit(['diagnose', file('kern.log', log), '-o', 'html']);
    const element = elementIn(stdout);
    expect(element).not.toMatch(/[<\u2028\u2029\u202a-\u202e]/);
    expect(JSON.stringify(parsePageEvidence(element))).toContain('<!--</script>');
  });

  it('is a page that says so when nothing was found', () => {
    const evidence = evidenceOf([file('quiet.log', 'all is well\n')], 1);
    expect(evidence.incidents).toEqual([]);
    expect(evidence.warnings.map(({ key }) => key)).toEqual(['found.nothing']);
    expect(evidence.sentences.en).toHaveProperty('found.nothing');
    expect(evidence.sentences['zh-CN']).toHaveProperty('found.nothing');
  });
});

describe('oomkit page', () => {
  it.each([
    [['page', '-'], 2, 'standard input'],
    [['page', '--port', '70000'], 2, 'port'],
    [['page', 'absent.log'], 3, 'absent.log: no such file or directory'],
  ])('refuses %j', (args, status, words) => {
    const refused = oomkit(args);
    expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status, stdout: '' });
    expect(refused.stderr).toContain(words);
  });

  it('takes no page for its own that has no policy to change', () => {
    expect(() => pageForServer('<p>')).toThrow('not the built page');
  });
});

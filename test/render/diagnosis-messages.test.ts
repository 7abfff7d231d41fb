import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import type { Message, OtherEnd, ReportSection } from '../../src/model/index.js';
import { type Catalogue, catalogue, languages, renderMessage } from '../../src/render/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { logFixtures } from '../fixtures-of.js';

const SOURCES = new URL('../../src/', import.meta.url);

const KEY = /^(?:accounting|advice|against|cause|evidence|warning)\.[\w.-]+$/;

/** What the renderers call the parts of an advice. */
const LABELS = ['advice.cost', 'advice.verify'];

/** The sentences that the accounting and the diagnosis state. */
const sentences: Catalogue = Object.fromEntries(
  Object.entries(catalogue('en')).filter(([key]) => KEY.test(key) && !LABELS.includes(key)),
);

const PLACEHOLDER = /\{([a-zA-Z]\w*)[|}]/g;

interface Statement {
  readonly keys: readonly string[];
  readonly params: ReadonlySet<string>;
}

/** What the code of the accounting and the diagnosis says, read from its syntax. */
interface Spoken {
  /** Keys written out. */
  readonly literals: Set<string>;
  /** The beginnings of keys whose last word is computed. */
  readonly prefixes: Set<string>;
  /** Calls of `message()`; those with a condition in the arguments count the keys and parameters of both branches. */
  readonly statements: Statement[];
}

/** What computed keys may end in. */
const endings: Readonly<Record<string, readonly string[]>> = {
  'evidence.missing.': Object.keys({
    header: true,
    cpu: true,
    stack: true,
    limit: true,
    counters: true,
    statistics: true,
    'mem-info': true,
    'task-table': true,
    'oom-kill': true,
    killed: true,
  } satisfies Record<ReportSection, true>),
  'cause.not-oom.title-': Object.keys({
    probe: true,
    'grace-period': true,
    eviction: true,
    preemption: true,
    'node-shutdown': true,
    'systemd-oomd': true,
    'runtime-oom': true,
    exit: true,
  } satisfies Record<OtherEnd, true>),
  'evidence.cluster.volume-': ['used-limit-none', 'used-limit-some', 'unread-limit-none', 'unread-limit-some'],
  'evidence.kernel-part.': kernelParts(),
  'cause.kernel-memory.title.': kernelParts(),
  'cause.allocation-constraint.title.': constraintKinds(),
  'advice.allocation-constraint.': constraintKinds(),
};
const computed = Object.entries(endings).flatMap(([prefix, words]) => words.map((word) => `${prefix}${word}`));

const spoken: Spoken = { literals: new Set(), prefixes: new Set(), statements: [] };
for (const folder of ['accounting/', 'diagnosis/']) {
  for (const name of readdirSync(new URL(folder, SOURCES), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.ts')) listen(ts.createSourceFile(name, read(`${folder}${name}`), ts.ScriptTarget.ESNext), spoken);
  }
}

describe('the sentences of the accounting and the diagnosis', () => {
  it('are found in the code', () => {
    expect(spoken.literals.size).toBeGreaterThan(150);
    expect(spoken.statements.length).toBeGreaterThan(100);
    expect(kernelParts().length).toBeGreaterThan(5);
    expect(constraintKinds().length).toBeGreaterThan(2);
  });

  it('have no computed key whose values are not listed here', () => {
    expect([...spoken.prefixes].sort()).toEqual(Object.keys(endings).sort());
  });

  it('are all in the catalogue, and the catalogue holds no other', () => {
    expect([...new Set([...spoken.literals, ...computed])].sort()).toEqual(Object.keys(sentences).sort());
  });

  it('get a value for every placeholder', () => {
    const unfilled = spoken.statements.flatMap(({ keys, params }) =>
      keys.flatMap((key) =>
        placeholders(sentences[key] ?? '')
          .filter((name) => !params.has(name))
          .map((name) => `${key}: {${name}}`),
      ),
    );
    expect(unfilled).toEqual([]);
  });

  it('are written in Chinese, too', () => {
    const chinese = catalogue('zh-CN');
    expect(Object.keys(sentences).filter((key) => !/\p{Script=Han}/u.test(chinese[key] ?? ''))).toEqual([]);
  });
});

describe('every diagnosis of a real log can be said', () => {
  const messages = logFixtures().map(({ name, bytes }) => {
    const diagnoses = parseKernelLog(bytes, name).map((report) => diagnose(toIncident(report)));
    return [
      name,
      messagesIn(
        diagnoses.map(({ accounting, causes, knownIssues, warnings }) => ({ accounting, causes, knownIssues, warnings })),
      ),
    ] as const;
  });

  it('has many different sentences to try', () => {
    const keys = new Set(messages.flatMap(([, found]) => found.map(({ key }) => key)));
    expect([...keys].filter((key) => Object.hasOwn(sentences, key)).length).toBeGreaterThan(100);
  });

  describe.each(languages)('in %s', (lang) => {
    const words = catalogue(lang);

    it.each(messages)('%s', (_, found) => {
      expect(found.length).toBeGreaterThan(0);
      expect(found.map(({ key }) => key).filter((key) => !Object.hasOwn(words, key))).toEqual([]);
      const shown = found.map((statement) => renderMessage(statement, { lang }));
      expect(shown.filter((text) => placeholders(text).length > 0 || KEY.test(text))).toEqual([]);
    });
  });
});

function placeholders(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

/** Every message in a value, those inside other messages too. */
function messagesIn(value: unknown): Message[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(messagesIn);
  return isMessage(value) ? [value, ...inside] : inside;
}

function isMessage(value: object): value is Message {
  return 'key' in value && 'params' in value;
}

function listen(node: ts.Node, heard: Spoken): void {
  if (ts.isStringLiteral(node) && KEY.test(node.text)) heard.literals.add(node.text);
  if (ts.isTemplateExpression(node) && KEY.test(node.head.text)) heard.prefixes.add(node.head.text);
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'message') {
    const [key, params] = node.arguments;
    heard.statements.push({ keys: stringsIn(key), params: new Set(propertiesIn(params)) });
  }
  ts.forEachChild(node, (child) => listen(child, heard));
}

/** The keys an expression may have as its value, computed ones with all their endings. */
function stringsIn(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    const prefix = node.head.text;
    return computed.filter((key) => key.startsWith(prefix));
  }
  return ts.isConditionalExpression(node) ? [...stringsIn(node.whenTrue), ...stringsIn(node.whenFalse)] : [];
}

function propertiesIn(node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.flatMap(({ name }) => (name !== undefined && ts.isIdentifier(name) ? [name.text] : []));
  }
  return ts.isConditionalExpression(node) ? [...propertiesIn(node.whenTrue), ...propertiesIn(node.whenFalse)] : [];
}

/** The parts of kernel memory that the accounting of a memcg tells apart. */
function kernelParts(): string[] {
  return [...read('accounting/memcg.ts').matchAll(/\{ id: '([\w-]+)', keys: /g)].map((match) => match[1] ?? '');
}

/** The kinds of allocation constraint: a union of the rule's own. */
function constraintKinds(): string[] {
  const union = /\bkind: ((?:'\w+'(?: \| )?)+)/.exec(read('diagnosis/causes/allocation-constraint.ts'))?.[1] ?? '';
  return [...union.matchAll(/'(\w+)'/g)].map((match) => match[1] ?? '');
}

function read(path: string): string {
  return readFileSync(new URL(path, SOURCES), 'utf8');
}

import { readdirSync, readFileSync } from 'node:fs';

/** A log among the fixtures, with what its maker or a reader wrote down about it. */
export interface LogFixture {
  readonly name: string;
  readonly bytes: Buffer;
  /** The cause, or several acceptable ones; absent where the text cannot tell. */
  readonly labels: readonly string[] | undefined;
  /** How the label came about: `by construction`, or a reader's judgement. */
  readonly made: string | undefined;
  readonly note: Readonly<Record<string, unknown>>;
}

const FIXTURES = new URL('./fixtures/', import.meta.url);

/** Strangers' logs and those made by real kernels: test/fixtures/oom-logs with its truth/, and test/fixtures/kernel-made. */
export function logFixtures(): readonly LogFixture[] {
  return [...collect('oom-logs/', 'oom-logs/truth/'), ...collect('kernel-made/', 'kernel-made/')];
}

function collect(logs: string, notes: string): LogFixture[] {
  return readdirSync(new URL(logs, FIXTURES))
    .filter((name) => /\.(?:txt|log|kmsg)$/.test(name))
    .map((name) => {
      const note = JSON.parse(readFileSync(new URL(`${notes}${name.replace(/\.\w+$/, '.json')}`, FIXTURES), 'utf8'));
      return {
        name,
        bytes: readFileSync(new URL(`${logs}${name}`, FIXTURES)),
        labels: typeof note.label === 'string' ? note.label.split('+') : undefined,
        made: note.made,
        note,
      };
    });
}

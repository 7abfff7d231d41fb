/**
 * Takes secrets out of command lines and other texts. A list of what secrets look like always has a gap, so with command lines it is the
 * other way round: the program, the names of options and what can be shown to be harmless stay (paths, numbers, sizes, addresses, words:
 * all that a diagnosis needs, `-Xmx512m` and `-t writeback` among it), and every other value is hidden. Where a name, a position or the
 * program tells that a value is a secret, it is hidden whatever it looks like. It would rather hide a harmless text than show a secret.
 */
import { hintOf } from './name.js';
import { isHidden, REDACTED, redactPatterns } from './patterns.js';
import { namesGroup, type ProgramRules, rulesFor } from './programs.js';
import { type ShellWord, shellWords } from './shell.js';
import { isFile, isHarmless, isSwitch } from './value.js';

/** Scripts within scripts, `ssh HOST "sh -c '…'"`, are looked into up to here; what is deeper is hidden. */
const DEEPEST = 6;

/** `strict`: what is not harmless is hidden. `told`: only what something tells of; for the prose of logs and events. */
type Rigour = 'strict' | 'told';

/** A command line with the secrets in it replaced; the number of arguments stays. A program may have written a title over it. */
export function redactCommandLine(commandLine: readonly string[]): string[] {
  const [first = '', ...rest] = commandLine;
  if (/\s/.test(first) && rest.every((argument) => argument === '')) return [redactWords(first, 'strict', 1), ...rest];
  return new Words(commandLine, 'strict', 0).redacted();
}

/** The text of /proc/PID/cmdline, whose arguments end in NUL, without secrets. */
export function redactCmdline(text: string): string {
  return redactCommandLine(text.replace(/\0+$/, '').split('\0')).join('\0');
}

/** A text with the secrets in it replaced that a name, a program or their own form tells of. */
export function redactText(text: string): string {
  return redactWords(text, 'told', 0);
}

/** A line of a log: as a command line, every word that is not harmless is hidden. */
export function redactLine(text: string): string {
  return redactWords(text, 'strict', 1);
}

/** A text of several words, which may be a script. `depth`: in how many others it stands; 0 only where its first word is a program's path. */
function redactWords(text: string, rigour: Rigour, depth: number): string {
  if (depth > DEEPEST) return REDACTED;
  const safe = redactPatterns(text);
  const words = shellWords(safe);
  const replaced = commandsOf(words).flatMap((command) => {
    const values = new Words(
      command.words.map(({ value }) => value),
      rigour,
      depth,
    ).redacted();
    return command.words.map((word, at) => {
      const isPiped = command.isPiped && at > 0 && !/^-[A-Za-z]+$/.test(word.value);
      return {
        word,
        value: (isPiped && rigour === 'strict') || command.isHereString[at] === true ? REDACTED : (values[at] ?? ''),
      };
    });
  });
  let done = 0;
  const parts: string[] = [];
  for (const { word, value } of replaced) {
    if (value === word.value) continue;
    parts.push(safe.slice(done, word.start), quoted(value, word));
    done = word.end;
  }
  return parts.join('') + safe.slice(done);
}

interface Command {
  readonly words: readonly ShellWord[];
  /** Prints its words into a pipe or a file: `echo SECRET | login --password-stdin`. */
  readonly isPiped: boolean;
  readonly isHereString: readonly boolean[];
}

function commandsOf(words: readonly ShellWord[]): Command[] {
  const commands: Command[] = [];
  let own: ShellWord[] = [];
  let isHereString: boolean[] = [];
  let operator = '';
  const end = (by: string): void => {
    if (own.length > 0) commands.push({ words: own, isHereString, isPiped: printsWords(own) && /^(?:\||>>?|[)`])$/.test(by) });
    own = [];
    isHereString = [];
  };
  for (const word of words) {
    if (word.isOperator) {
      // A redirection does not end a command: more of its words may come.
      const isRedirection = word.value.startsWith('<') || (word.value.startsWith('>') && !printsWords(own));
      if (!isRedirection) end(word.value);
      operator = word.value;
      continue;
    }
    own.push(word);
    isHereString.push(operator === '<<<');
    operator = '';
  }
  end('');
  return commands;
}

function printsWords([program]: readonly ShellWord[]): boolean {
  return /^(?:echo|printf|print|yes)$/.test(program?.value ?? '');
}

function quoted(value: string, { quote }: ShellWord): string {
  return /\s/.test(value) || value === '' ? `${quote || "'"}${value}${quote || "'"}` : value;
}

/**
 * What the word behind the one just read is. `secret`: hidden. `login`: `user:password`. `literal`: `name=secret`. `password`: hidden
 * unless it is a port. A name: hidden unless it is one of the values that are no secret under that name.
 */
type Expected = 'secret' | 'login' | 'password' | 'literal' | { readonly name: string } | undefined;

const OPTION = /^(--?[A-Za-z][\w.-]{0,80})(?:([=:])(.*))?$/s;
/** `/password:SECRET`, as programs of Windows have it. */
const SLASH_OPTION = /^\/([A-Za-z][\w-]{0,40})(?::(.*))?$/s;
const ASSIGNMENT = /^([A-Za-z_][\w.$[\]/-]{0,120})(:?[=@]?=)(.*)$/s;
/** What an option without a value is followed by: an option, not its value. */
const OPTION_ONLY = /^(?:--[A-Za-z][\w.-]*|-[A-Za-z\d])(?:=.*)?$/s;
/** Words between the name of a secret and the secret. */
const FILLER = /^(?:by|is|to|with|=|:=|N)$/i;
/** kubectl create secret generic NAME --from-literal=KEY=SECRET */
const LITERAL = '--from-literal';
/** Programs of Oracle's that take `user/password@database`. */
const ORACLE = /^(?:sqlplus|sqlldr|rman|exp|imp|expdp|impdp)$/;
/** Programs that run the program named behind them. */
const RUNS =
  /^(?:sshpass|sudo|doas|env|exec|command|nohup|nice|ionice|setsid|stdbuf|time|timeout|xargs|chronic|then|do|else|if|while|!|\{)$/;

/** The words of one command, read from the left to the right. */
class Words {
  readonly #words: readonly string[];
  readonly #rigour: Rigour;
  readonly #depth: number;
  #program = '';
  #rules: ProgramRules | undefined;
  /** The program's words that are no options. */
  #positionals: string[] = [];
  #expected: Expected;
  /** An option named a user before: `-p` names the password then. */
  #hasUser = false;

  constructor(words: readonly string[], rigour: Rigour, depth: number) {
    this.#words = words;
    this.#rigour = rigour;
    this.#depth = depth;
  }

  redacted(): string[] {
    return this.#words.map((word, at) => this.#redactedWord(word, at));
  }

  #redactedWord(word: string, at: number): string {
    const expected = this.#expected;
    this.#expected = undefined;
    if (typeof expected === 'object' && FILLER.test(word)) this.#expected = expected;
    else if (expected !== undefined && !(typeof expected === 'object' && OPTION_ONLY.test(word))) {
      return this.#expectedValue(word, expected);
    }
    if (this.#program === '' && !ASSIGNMENT.test(word)) {
      this.#start(word);
      const isPath = this.#depth === 0 && at === 0 && !/\s/.test(word);
      return isPath ? redactPatterns(word) : this.#value(word);
    }
    if (/^--?\w/.test(word)) return this.#option(word);
    const [, slashed, value] = SLASH_OPTION.exec(word) ?? [];
    if (slashed === undefined || !(hintOf(slashed) === 'secret' || /^r?p$/i.test(slashed))) return this.#positional(word);
    if (value !== undefined) return `/${slashed}:${REDACTED}`;
    this.#expected = 'secret';
    return word;
  }

  #start(word: string): void {
    this.#program = nameOf(word);
    this.#rules = rulesFor(this.#program);
    this.#positionals = [];
    if (RUNS.test(this.#program) && this.#rules === undefined) this.#program = '';
  }

  #expectedValue(word: string, expected: Exclude<Expected, undefined>): string {
    if (word === '') return word;
    if (typeof expected === 'object') return isHidden(expected.name, word) ? REDACTED : this.#value(word);
    if (expected === 'login') return this.#login(word);
    if (expected === 'literal') return word.replace(/=.+$/s, `=${REDACTED}`);
    if (expected === 'password' && (/^[1-9]\d{0,4}(?::\d{1,5})?$/.test(word) || isFile(word))) return this.#value(word);
    return REDACTED;
  }

  #option(word: string): string {
    if (this.#rules?.secret.has(word) === true) {
      this.#expected = 'secret';
      return word;
    }
    const stuck = this.#stuckOption(word);
    if (stuck !== undefined) return `${stuck}${REDACTED}`;
    const [, flag, sign, value] = OPTION.exec(word) ?? [];
    if (flag === undefined) return this.#value(word);
    if (value !== undefined) return `${flag}${sign}${this.#valueOf(flag, value)}`;
    this.#expected = this.#expectedBehind(flag);
    this.#hasUser ||= isUser(flag);
    if (flag.startsWith('--') || this.#rigour === 'told' || flag.length === 2) return word;
    // Of letters and a value put together, as in -j4, only the first letter is sure to be a name.
    const rest = flag.slice(2);
    return `${flag.slice(0, 2)}${isHarmless(rest) ? this.#value(rest) : REDACTED}`;
  }

  /** The option of the program that a word begins with and whose value, a secret, is the rest: `-pSECRET`. */
  #stuckOption(word: string): string | undefined {
    const { secret = [], attached = [] } = this.#rules ?? {};
    const stuck = [...secret, ...attached].find(
      (name) => /^-[A-Za-z]{1,2}$/.test(name) && word.startsWith(name) && word !== name,
    );
    // `-password` is no -p: its own name speaks for it.
    return stuck === undefined || (/^-[A-Za-z]{4,}$/.test(word) === true && hintOf(word.slice(1)) !== undefined)
      ? undefined
      : stuck;
  }

  /** The value of an option that stands in the same word. */
  #valueOf(flag: string, value: string): string {
    // -Dname=value and -Pname=value: the name begins behind a letter.
    const name = flag.replace(/^-+/, '');
    const isSecret = isHidden(name, value) || (!flag.startsWith('--') && isHidden(name.slice(1), value)) || /\Wlogin$/.test(flag);
    if (this.#rules?.secret.has(flag) === true || isSecret) return value === '' ? '' : REDACTED;
    if (flag === LITERAL) return value.replace(/=.+$/s, `=${REDACTED}`);
    return isUser(flag) ? this.#login(value) : this.#value(value);
  }

  #expectedBehind(flag: string): Expected {
    const name = flag.replace(/^-+/, '');
    if (hintOf(name) !== undefined) return { name };
    if (flag === LITERAL) return 'literal';
    if (isUser(flag)) return 'login';
    if (/^-[pP]$/.test(flag) && this.#positionals.includes('login')) return 'secret';
    if (/^-[pP]$/.test(flag) && this.#hasUser) return 'password';
    // Letters put together: curl -sSu USER:PASSWORD.
    const isLast = /^-[A-Za-z]{2,6}$/.test(flag) && this.#rules?.secret.has(`-${flag.slice(-1)}`) === true;
    return isLast ? 'secret' : undefined;
  }

  #positional(word: string): string {
    // A program behind another: `sudo mysql …`, `/entrypoint.sh redis-server …`. The words of one's own commands may have such names.
    const hasOwnWords = this.#positionals.length > 0 && (this.#rules?.words.length ?? 0) > 0;
    if (!hasOwnWords && !/\s/.test(word) && rulesFor(nameOf(word)) !== undefined) {
      this.#start(word);
      return this.#value(word);
    }
    const isHiddenWord = this.#isHiddenPosition();
    this.#positionals.push(word.toLowerCase());
    if (isHiddenWord) {
      const [, name, sign, value] = ASSIGNMENT.exec(word) ?? [];
      return word === '' || value === '' ? word : name === undefined ? REDACTED : `${name}${sign}${REDACTED}`;
    }
    if (this.#rigour === 'strict' && !this.#isVerb(word)) {
      if (namesSecret(word)) this.#expected = { name: word };
      else if (/^by$/i.test(word) && this.#positionals.includes('identified')) this.#expected = 'secret';
    }
    return this.#value(word);
  }

  /** Whether a word is one of the program's own: `change_password` of rabbitmqctl. */
  #isVerb(word: string): boolean {
    return (this.#rules?.words ?? []).some((pattern) => pattern.includes(word));
  }

  /** Whether the word that comes next stands where the program takes a secret. */
  #isHiddenPosition(): boolean {
    return (this.#rules?.words ?? []).some((pattern) => {
      const [head = ''] = pattern;
      const start = head === '_' ? 0 : this.#positionals.indexOf(head);
      if (start < 0 && head !== '_') return false;
      const next = this.#positionals.length - start;
      const fits = pattern
        .slice(0, next)
        .every((wanted, at) => wanted === '_' || wanted.startsWith('*') || wanted === this.#positionals[start + at]);
      if (!fits) return false;
      return next < pattern.length ? (pattern[next]?.startsWith('*') ?? false) : pattern.at(-1) === '**';
    });
  }

  /** The password of `user:password`, and of Samba's `user%password`. */
  #login(word: string): string {
    const [, user, sign, password] = /^([^:%\s]{0,128})([:%])(.+)$/s.exec(word) ?? [];
    if (user === undefined || sign === undefined || password === undefined) return this.#value(word);
    if (sign === ':' && (/^\d+:\d+$/.test(word) || namesGroup(this.#program))) return word;
    return `${user}${sign}${REDACTED}`;
  }

  /** A value that nothing is known of but its looks. */
  #value(word: string): string {
    if (/\s/.test(word)) return redactWords(word, this.#rigour, this.#depth + 1);
    const [, name, sign, value] = ASSIGNMENT.exec(word) ?? [];
    if (name !== undefined && value !== undefined && isHidden(name, value) && !/[,;&][A-Za-z_][\w.-]*=/.test(value))
      return `${name}${sign}${REDACTED}`;
    if (ORACLE.test(this.#program) && /^[\w.=-]{1,64}\/[^/]/.test(word)) return word.replace(/\/[^@]+/s, `/${REDACTED}`);
    const safe = redactPatterns(word);
    return this.#rigour === 'told' ? safe : redactPieces(safe);
  }
}

function nameOf(word: string): string {
  return word.replace(/^.*\//s, '').replace(/^-/, '').slice(0, 100);
}

function isUser(flag: string): boolean {
  return /^(?:-[uU]|--?(?:user|username|login|account|userpwd|proxy-user|http-user))$/.test(flag);
}

/** Whether a word names the secret that comes next: `config set requirepass SECRET`, `user x password SECRET`. */
function namesSecret(word: string): boolean {
  if (!/^[\w.:-]{2,80}$/.test(word) || isFile(word)) return false;
  const hint = hintOf(word);
  return hint === 'secret' || (hint === 'secret-or-file' && /[._:-]|[a-z][A-Z]/.test(word));
}

/** What belongs together in a word: lists, pairs and structures are looked at part by part. */
function redactPieces(text: string): string {
  if (isSwitch(text)) return text;
  return text
    .split(/([,;"'{}[\]()<>|`]|(?<![=\s])=(?!=|$))/)
    .map((piece) => (isPlain(piece) ? piece : REDACTED))
    .join('');
}

function isPlain(piece: string): boolean {
  if (piece.includes('://')) return true;
  if (/^(?:~|\.{0,2})\//.test(piece)) return piece.split(':').every((part) => part.includes('/') || isHarmless(part));
  return isHarmless(piece);
}

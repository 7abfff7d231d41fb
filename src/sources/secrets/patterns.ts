import { hintOf } from './name.js';
import { redactUrls } from './url.js';
import { isFile, isHarmless, isMethod, isSwitch, TEMPORARY } from './value.js';

/** What a secret is replaced by. */
export const REDACTED = 'redacted';

const PEM = /-----BEGIN [A-Z ]{1,40}-----[\s\S]*?(?:-----END [A-Z ]{1,40}-----|$)/g;

/** Tokens by their issuers' marks, short ones as well. */
const MARKED = new RegExp(
  [
    String.raw`\b(?:[sr]k[-_]|pk_(?:live|test)_)(?:(?=[\w-]*\d)[\w-]{6,}|[\w-]{16,})`,
    String.raw`\bgh[oprsu]_\w{6,}`,
    String.raw`\bgithub_pat_\w{6,}`,
    String.raw`\bgl(?:pat|dt|rt|cbt|ptt|soat|agent|imt|ffct)-[\w-]{6,}`,
    String.raw`\bxox[a-z]-[\w-]{6,}`,
    String.raw`\bxapp-[\w-]{6,}`,
    String.raw`\b(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{12,}`,
    String.raw`\bAIza[\w-]{10,}`,
    String.raw`\bya29\.[\w-]{6,}`,
    String.raw`\bGOCSPX-[\w-]{6,}`,
    String.raw`\beyJ[\w-]{5,}(?:\.[\w-]*){0,4}`,
    String.raw`\bnpm_[A-Za-z0-9]{10,}`,
    String.raw`\bpypi-[\w-]{10,}`,
    String.raw`\b(?:hv[sbr]|s|b|r)\.[A-Za-z0-9]{20,}`,
    String.raw`\bhv[sbr]\.[\w-]{6,}`,
    String.raw`\bSG\.[\w-]{6,}(?:\.[\w-]+)?`,
    String.raw`\b(?:whsec_|shp(?:at|ss|ca|pa)_|do[opr]_v1_|dckr_pat_|hf_|gsk_|glsa_|nfp_|sbp_|ntn_|figd_|pul-|r8_|lin_api_|sntr[yu]s_|ph[cx]_|tskey-|xai-|dt0c01\.)[\w.-]{8,}`,
    String.raw`\b(?:ATATT3|ATCTT3|PMAK-|NRAK-|CFPAT-|AGE-SECRET-KEY-1)[\w=-]{6,}`,
    String.raw`\b\d{8,10}:AA[\w-]{20,}`,
    String.raw`\$(?:2[abxy]|[156y]|apr1|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,10})\$[\w./+=$,-]{8,}`,
  ].join('|'),
  'g',
);

/** Headers whose whole line is a secret, to the end of the line or of the quotes it stands in. */
const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,40}(?:auth|key|secret|token)[\w-]{0,40})(["']?\s{0,3}:\s{0,3})(?=\S)(?![=[{])(["'][^"'\r\n]*["']?|[^"'\r\n]+)/gi;
const AUTHORIZATION = /\b(bearer|basic|digest|negotiate|apikey)( +|%20)(?=[^\s'"]{3})[^\s'"]+/gi;

const NAME = String.raw`[A-Za-z_][\w.$-]{0,80}`;
/**
 * A value behind `name=`: in quotes, or up to a blank. A mark that separates values ends it only where another one begins behind it,
 * for passwords have such marks.
 */
const VALUE = String.raw`\\?"[^"]*"?|\\?'[^']*'?|(?:[^\s'"&;,<)}\]]|["'](?=\w)|[&;,](?!["'\s]|$|${NAME}[=:]))+`;
const VALUE_AT = new RegExp(VALUE, 'y');
const NAMED = new RegExp(String.raw`(${NAME})\\?["']?\]?\s{0,2}(?:=>|:=|=|:)\s{0,2}`, 'g');
const ASSIGNED = new RegExp(`(${NAME})=`, 'g');
/** `--name value` in a text. */
const OPTION = new RegExp(`--?(${NAME}) +(?!-)`, 'g');
const ELEMENT = new RegExp(`<(${NAME})>([^<]+)(?=</)`, 'g');
/** `password is SECRET`, `token SECRET` in a sentence: told from a word that goes on with the sentence by a digit or a mark. */
const TOLD =
  /\b(passw(?:or)?d|passphrase|token|secret|api ?key|pin|otp)( is | was |: | )(?=\S*[\d!#$%^&*?~])(?!\d{1,3}\b)["']?([^\s"']{4,})/gi;

/** `user:password@host` without a scheme, and Oracle's `user/password@host`. A digest or a version of a package may follow an `@`, too. */
const LOGIN_AT =
  /(^|[\s='"(,])([\w.+%\\/-]{1,64}):((?!\/\/)[^\s'"@]{1,256}(?:@[^\s'"@]{1,64})*)@(?!sha\d|v?\d+\.\d+\.\d+(?![\d.]))(?=\[|[\w-]*[A-Za-z0-9])/g;
const ORACLE_THIN = /(\bthin:[^\s/@]{1,64}\/)[^\s@]+@/gi;
/** `db.auth('user', 'SECRET')`, `PASSWORD('SECRET')`, `new PDO('mysql:…', 'user', 'SECRET')` */
const CALL = /\b(\w{0,40}(?:auth|authenticate|login|passw(?:or)?d|connect|PDO|credentials?)\s?\()([^()]{1,400})/gi;
/** What is typed for a program: `expect -c 'send "SECRET\r"'`. */
const TYPED = /(\bsend\s{1,3}(?:-- )?\\?")[^"]{1,200}(?=\\[rn])/g;
const PASSWORD_FOR = /(\bpassword\s{1,3}for\s{1,3}[^\s=]{1,200}\s{0,3}=\s{0,3})("[^"]*"|'[^']*'|\S+)/gi;
/** `-object secret,id=s0,data=SECRET` of QEMU. */
const QEMU_SECRET = /(\bsecret,(?:[^\s,]{1,64},){0,5}data=)[^\s,]+/g;

/** Runs of characters that tokens consist of. */
const RUN = /[A-Za-z0-9+/_-]{20,}={0,2}/g;

/** A text without what can be told for a secret by a name beside it, by its form, or by looking random. */
export function redactPatterns(text: string): string {
  const marked = redactUrls(text.replace(PEM, REDACTED))
    .replace(MARKED, REDACTED)
    .replace(HEADER, (_, name: string, colon: string, value: string) => `${name}${colon}${replaced(value)}`)
    .replace(AUTHORIZATION, `$1$2${REDACTED}`);
  return redactBehind(redactBehind(marked, NAMED), OPTION)
    .replace(ELEMENT, (whole: string, name: string) => (hintOf(name) === undefined ? whole : `<${name}>${REDACTED}`))
    .replace(TOLD, `$1$2${REDACTED}`)
    .replace(PASSWORD_FOR, `$1${REDACTED}`)
    .replace(CALL, (_, call: string, given: string) => call + given.replace(/(["'])[^"']*\1/g, `$1${REDACTED}$1`))
    .replace(TYPED, `$1${REDACTED}`)
    .replace(LOGIN_AT, `$1$2:${REDACTED}@`)
    .replace(ORACLE_THIN, `$1${REDACTED}@`)
    .replace(QEMU_SECRET, `$1${REDACTED}`)
    .replace(RUN, redactRun);
}

/** A text without the values of what is named like a secret, and without marked tokens. All else stays as it is. */
export function redactNamed(text: string): string {
  return redactBehind(text.replace(MARKED, REDACTED), NAMED);
}

/** The same where a colon names nothing, as in the lines of the kernel: `Memory cgroup stats for /auth-token: cache:0KB`. */
export function redactAssigned(text: string): string {
  return redactBehind(text.replace(MARKED, REDACTED), ASSIGNED);
}

/** Whether the value behind a name is hidden. */
export function isHidden(name: string, value: string): boolean {
  const hint = hintOf(name);
  const bare = value.replace(/^\\?["']|\\?["']$/g, '');
  if (hint === undefined || isSwitch(bare)) return false;
  if (hint === 'secret') return true;
  return !isFile(bare) && !(hint === 'key' && isMethod(bare));
}

/** Replaces the values behind the names that a pattern finds. What a harmless name is followed by may be a name itself: `set=a.password=x`. */
function redactBehind(text: string, names: RegExp): string {
  const parts: string[] = [];
  let done = 0;
  for (const found of text.matchAll(names)) {
    const from = found.index + found[0].length;
    if (found.index < done || hintOf(found[1] ?? '') === undefined) continue;
    VALUE_AT.lastIndex = from;
    const value = VALUE_AT.exec(text)?.[0] ?? '';
    // What a command prints is no secret before it was run: PW=$(cat FILE).
    if (/^(?:\$\(|`)/.test(value) || !isHidden(found[1] ?? '', value)) continue;
    parts.push(text.slice(done, from), replaced(value));
    done = from + value.length;
  }
  return parts.join('') + text.slice(done);
}

/** Keeps the quotes, so that the text around still reads. */
function replaced(value: string): string {
  const [quote = ''] = /^\\?["']/.exec(value) ?? [];
  return `${quote}${REDACTED}${quote !== '' && value.length > quote.length && value.endsWith(quote.slice(-1)) ? quote : ''}`;
}

/** A path keeps the parts that look like words. */
function redactRun(run: string): string {
  if (!run.startsWith('/')) return looksRandom(run) && !isHarmless(run) ? REDACTED : run;
  const [temporary = ''] = TEMPORARY.exec(run) ?? [];
  const kept = isHarmless(temporary) ? temporary : '';
  const parts = run.slice(kept.length).split('/');
  return kept + parts.map((part) => (part.length >= 20 && looksRandom(part) && !isHarmless(part) ? REDACTED : part)).join('/');
}

/** Long hexadecimal numbers, and long mixtures of digits with letters of both cases or without a break. */
function looksRandom(text: string): boolean {
  if (/[0-9a-f]{32,}/i.test(text)) return true;
  if (/\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text)) return true;
  const digits = text.match(/\d/g)?.length ?? 0;
  if (/[A-Z0-9]{20,}/.test(text) && digits > 0) return true;
  return /[a-z0-9]{20,}/.test(text) && digits >= 3;
}

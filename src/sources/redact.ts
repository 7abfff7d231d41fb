/**
 * Takes secrets out of command lines and log lines. It would rather hide a harmless text than show a secret: what is named
 * like a secret, stands where one is usual, or looks random is replaced.
 */

const REDACTED = 'redacted';

/** Names of options and variables whose values are secrets. */
const SECRET_WORD =
  'pass(?:word|wd|phrase|code)?|pwd|secret|token|key|credentials?|auth(?:orization)?|bearer|cookie|session|signature|sig|dsn|sas';
const SECRET_NAME = new RegExp(`(?:${SECRET_WORD})[\\w.-]{0,40}$`, 'i');
/** An option whose value is the next argument. */
const OPTION = /^--?[A-Za-z][\w.-]{0,80}$/;
const VALUE = `("[^"]*"?|'[^']*'?|[^\\s&;,'"]+)`;
/** `name=value`, `name: value` and `"name":"value"` anywhere in a text. */
const NAMED_VALUE = new RegExp(`((?:${SECRET_WORD})[\\w.-]{0,40}["']? ?[=:] ?)${VALUE}`, 'gi');
/** `--name value` in a text, such as a command given to a shell. */
const OPTION_VALUE = new RegExp(`(--?[\\w.-]{0,40}?(?:${SECRET_WORD})[\\w.-]{0,40} +)(?!-)${VALUE}`, 'gi');
const AUTHORIZATION = /\b(bearer|basic|digest|negotiate)( +|%20)[^\s'"]+/gi;
/** A user name and password, or a token, before the host of a URL. A password may hold a slash: the last @ ends it. */
const USERINFO = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s'"]{0,512}@/gi;
/** Runs of characters that tokens consist of. */
const RUN = /[A-Za-z0-9+/_-]{20,}={0,2}/g;
const PEM = /-----BEGIN [A-Z ]{1,40}-----[\s\S]*?(?:-----END [A-Z ]{1,40}-----|$)/g;

/** Programs with a password in an option that does not say so: the option with its value, or before it. */
const PASSWORD_OPTIONS: Readonly<Record<string, string>> = {
  sshpass: '-p',
  'redis-cli': '-a',
  mysql: '-p',
  mysqldump: '-p',
  mysqladmin: '-p',
  mariadb: '-p',
  curl: '-u',
  wget: '-u',
  smbclient: '-U',
  ldapsearch: '-w',
};

/** A command line with the secrets in it replaced; the number of arguments stays. */
export function redactCommandLine(commandLine: readonly string[]): string[] {
  const program = (commandLine[0] ?? '').replace(/^.*\//, '');
  const passwordOption = PASSWORD_OPTIONS[program];
  let isValue = false;
  return commandLine.map((argument, index) => {
    const isSecret = isValue;
    isValue = index > 0 && (argument === passwordOption || argument === '--user' || isSecretOption(argument));
    // An option is no value: `--token --verbose`.
    if (isSecret && !OPTION.test(argument)) return REDACTED;
    if (passwordOption !== undefined && argument.startsWith(passwordOption) && argument.length > passwordOption.length) {
      return `${passwordOption}${REDACTED}`;
    }
    return redactText(argument);
  });
}

function isSecretOption(argument: string): boolean {
  return (OPTION.test(argument) && SECRET_NAME.test(argument)) || /^(?:bearer|basic|authorization:?)$/i.test(argument);
}

/** A text with the secrets in it replaced. */
export function redactText(text: string): string {
  return text
    .replace(PEM, REDACTED)
    .replace(USERINFO, `$1${REDACTED}@`)
    .replace(AUTHORIZATION, `$1$2${REDACTED}`)
    .replace(NAMED_VALUE, `$1${REDACTED}`)
    .replace(OPTION_VALUE, `$1${REDACTED}`)
    .replace(RUN, redactRun);
}

/** A path keeps the parts that look like words. */
function redactRun(run: string): string {
  if (!/^\//.test(run)) return looksRandom(run) ? REDACTED : run;
  return run
    .split('/')
    .map((part) => (part.length >= 20 && looksRandom(part) ? REDACTED : part))
    .join('/');
}

/** Long hexadecimal numbers, and long mixtures of digits with letters of both cases or without a break. */
function looksRandom(text: string): boolean {
  if (/[0-9a-f]{32,}/i.test(text)) return true;
  if (/\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text)) return true;
  const digits = text.match(/\d/g)?.length ?? 0;
  if (/[A-Z0-9]{20,}/.test(text) && digits > 0) return true;
  return /[a-z0-9]{20,}/.test(text) && digits >= 3;
}

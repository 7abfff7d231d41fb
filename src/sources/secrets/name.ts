/**
 * What the name of an option, a variable, a field or a header tells about its value. A name is taken apart into words, so that
 * `--keyspace`, `--max-tokens` and `--tls-private-key-file` are not taken for secrets, and `PGPASSWORD` and `apiKey` are.
 */

/**
 * `secret`: the value is hidden whatever it looks like. `secret-or-file`: it may as well name the file with the secret. `key`: the word
 * also selects and counts, so that a number or a method of authentication is no secret.
 */
export type SecretHint = 'secret' | 'secret-or-file' | 'key';

/** Words that tell wherever they stand in a name, also inside a longer word: `pgpassword`, `clientsecret`. */
const PASSWORD = /pass(?:w(?:or[dt]|d|rd)|phrase|code|key|in$|out$)|pwd$|masterauth|(?<!by|com|tres|over|multi|under)pass$/;
const TOKEN =
  /secret|(?:^|access|api|auth|bot|csrf|id|jwt)token$|apikey$|credential|^creds?$|^jwt$|^bearer$|^cookie$|^mnemonic$|(?:access|account|auth|deploy|encryption|licen[cs]e|master|private|session|shared|signing|storage|write)key$/;
/** Words that tell only at the end of a name: `--pin-memory` and `--signature-version` are no secrets. */
const LAST_PASSWORD = /^(?:pw|pin|t?otp|psk|community|sas|pat|[as]k)$|(?:admin|bind|db|ldap|my|root|sql|user)pw$/;
const LAST_TOKEN = /^(?:sig|signature|cookies|authorization|dsn)$/;
const LAST_KEY = /^(?:keys?|auth|licen[cs]e|sessions?|tokens)$/;
/** A key of these is a secret. */
const KEY_OF =
  /^(?:access|account|admin|api|app|application|auth|client|consumer|deploy|encrypt|encryption|hmac|integration|licen[cs]e|master|private|rest|routing|secret|service|session|shared|signing|ssh|ssl|storage|stream|subscription|tls|unseal|write)$/;
const TOGETHER = new Set(
  `secret id,session id,connection string,connect string,conn string,auth header,authorization header,recovery code,unlock code,
  security code,verification code`.split(/,\s*/),
);

/** After a telling word these say that the value is about the secret: it is judged by its looks alone. */
const ABOUT = new Set(
  `affinity age alg algo algorithm alias allowed api audience audiences backend bits board bucket cache check cipher class cmd command
  config count days debug default dir directory disabled domain duration enabled endpoint engine env environment expiration expires
  expiry field file filename folder for format generator group header headers helper host id idle index interval issuer jar keyword
  kind len length level life lifetime limit list lookup manager max method min minutes mode name names namespace num only param params
  path paths plugin policy port prefix prompt protection provider providers ref refresh region required retries retry review rotation
  samesite scheme seconds secure server service size slot source space spec stdin store suffix target temp through timeout ttl type
  uri url user username validation var variable verify version via webhook`.split(/\s+/),
);
/** Before a telling word these make it something else: `--public-key`, `--max-tokens`, `--no-password`. */
const ANOTHER = new Set(
  `public sort primary partition foreign row map label max min num total no ask prompt skip disable enable require without hide`.split(
    ' ',
  ),
);

/** `spring.datasource.dbPassword1` as spring, datasource, db, password. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

/** What a name tells about its value; undefined when that has to be judged by its looks. */
export function hintOf(name: string): SecretHint | undefined {
  // The shell's own variable, and ODBC's password.
  if (name === 'PWD' || name === 'OLDPWD') return 'secret-or-file';
  const words = wordsOf(name);
  for (let at = words.length - 1; at >= 0; at--) {
    const before = words[at - 1] ?? '';
    const after = words.slice(at + 1);
    const hint = after.length === 0 ? hintOfLast(words[at] ?? '', before) : hintAnywhere(words[at] ?? '', before);
    const isTelling = hint !== undefined || hintOfLast(words[at] ?? '', before) !== undefined;
    if (!isTelling) continue;
    if (ANOTHER.has(before) || (after.length > 0 && after.every((word) => ABOUT.has(word)))) return undefined;
    if (hint !== undefined) return hint;
  }
  return undefined;
}

function hintAnywhere(word: string, before: string): SecretHint | undefined {
  if (PASSWORD.test(word)) return 'secret';
  return TOKEN.test(word) || (/^keys?$/.test(word) && KEY_OF.test(before)) ? 'secret-or-file' : undefined;
}

function hintOfLast(word: string, before: string): SecretHint | undefined {
  const anywhere = hintAnywhere(word, before);
  if (anywhere !== undefined) return anywhere;
  if (LAST_PASSWORD.test(word)) return 'secret';
  if (LAST_TOKEN.test(word) || TOGETHER.has(`${before} ${word}`)) return 'secret-or-file';
  return LAST_KEY.test(word) ? 'key' : undefined;
}

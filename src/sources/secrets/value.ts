/**
 * Whether a value can be shown to be harmless by its looks: numbers, sizes, times, addresses, versions, and texts that consist of words.
 * What cannot is taken for a secret. So a token of a kind that nobody has listed is hidden as well.
 */

const SWITCH = /^(?:true|false|yes|no|on|off|null|nil|none|default|auto|enabled?|disabled?)$/i;
/** Methods and fields that stand where a key or a login may stand. */
const METHOD =
  /^(?:anonymous|basic|bearer|bcrypt|certificate|cert|digest|ecdsa|ed25519|gssapi|hash|id|kerberos|key|ldap|login|md5|mtls|name|ntlm|oauth2?|oidc|optional|password|peer|plain|required|reject|rsa|sasl|scram-sha-(?:1|256|512)|sha(?:1|256|512)|simple|ssl|sso|tls|trust|user|x509)$/i;

/** Whether a value turns something on or off, or is empty. */
export function isSwitch(value: string): boolean {
  return value === '' || SWITCH.test(value);
}

/** Whether a value names a way to authenticate or a field to sort by, or counts. */
export function isMethod(value: string): boolean {
  return METHOD.test(value) || /^\d{1,5}$/.test(value);
}

const KEY_FILE =
  /^(?:\.\/)?[\w-]{1,64}\.(?:cer|conf|crt|der|env|gpg|ini|jks|json|kdbx|key|keytab|p12|p8|pem|pfx|properties|pub|sock|toml|txt|ya?ml)$/i;

/** Whether a value is the path of a file, all parts of which are harmless. */
export function isFile(value: string): boolean {
  if (KEY_FILE.test(value)) return true;
  return /^(?:~|\.{1,2})?(?:\/[\w.@+~-]{1,255}){2,40}\/?$/.test(value) && isHarmless(value);
}

/** Texts that are no words, and no secrets either. */
const KNOWN: readonly RegExp[] = [
  // A UID as Kubernetes has them, a digest that names an image, a short commit.
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /^[0-9a-f]{7}$/,
  // Numbers: hexadecimal up to 64 bits, sizes and durations with their units, times of ISO 8601.
  /^0x[0-9a-f]{1,16}$/i,
  /^(?:\d{1,10}(?:\.\d{1,9})?(?:ns|us|µs|ms|[smhdwy]))+$/,
  /^\d{8}T\d{4,6}(?:\d{1,3})?Z?$/,
  /^\d{1,5}x\d{1,5}(?:x\d{1,5})?$/,
  // Addresses.
  /^[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}$/i,
  /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i,
  // Names that clusters and clouds give: web-7d9f8c6b5-x2x9z, i-0abc123def4567890.
  /^[a-z][a-z0-9.-]{0,60}?(?:-[0-9a-f]{8,10}|-[bcdf-hj-np-tv-z2456789]{8,10})?-[bcdf-hj-np-tv-z2456789]{5}$/,
  /^(?:ami|eni|i|lt|rtb|sg|snap|subnet|vol|vpc)-(?:[0-9a-f]{8}|[0-9a-f]{17})$/,
  // Devices, versions of APIs, and words with digits inside.
  /^(?:nvme\d{1,3}n\d{1,3}(?:p\d{1,3})?|en[ops]\d{1,3}(?:[a-z]\d{1,3}){0,3}(?:np\d)?|v\d{1,2}(?:alpha|beta)\d{1,2}|i18n|l10n|k8s|k3s|utf8mb[34]|log4j2?|s390x|ppc64(?:le|el)?|mips64el|riscv64)$/i,
];

/** The six characters that mkdtemp(3) and its like put behind the name of a temporary file or directory. */
export const TEMPORARY = /^(\/(?:var\/)?tmp\/[\w.-]{0,100}[._-])[A-Za-z0-9]{6}(?=\/|$)/;

/** Whether every part of a word of a command line, which has no blanks, is a number, a word or another known form. */
export function isHarmless(text: string): boolean {
  if (isSwitch(text) || matchesKnown(text)) return true;
  if (hasAskedForCharacters(text)) return false;
  const parts = text
    .replace(TEMPORARY, '$1')
    .split(/[/,;=|(){}[\]<>"'`\\]+/)
    .flatMap(unknownParts(/[@:]/))
    .flatMap(unknownParts(/[^A-Za-z0-9]+/))
    .filter((part) => part !== '' && !matchesKnown(part));
  return parts.every(isWordOrNumber) && parts.filter(isOdd).length < 2;
}

function unknownParts(separator: RegExp): (text: string) => string[] {
  return (text) => (matchesKnown(text) ? [] : text.split(separator));
}

/** The characters that passwords are asked to have, with digits and letters in one word; patterns, formats and variables have them too. */
function hasAskedForCharacters(text: string): boolean {
  if (!/[!#$^&*?~%]/.test(text) || !/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  return !/(?:^|[/.:_-])[*?]|[*?](?:$|[/.:_-])|%[a-zA-Z]|\$[\w{(]/.test(text);
}

function matchesKnown(text: string): boolean {
  return KNOWN.some((pattern) => pattern.test(text));
}

/** Parts up to this length are too short to tell. */
const TELLING_LENGTH = 6;

/** Letters and digits that are mixed more than `sda1`, `2xlarge` or `h264` are. */
function isOdd(part: string): boolean {
  return (runsOf(part).length > 2 || /[a-z][A-Z]/.test(part)) && /\d/.test(part);
}

function runsOf(part: string): string[] {
  return part.match(/[A-Za-z]+|\d+/g) ?? [];
}

/** `writeback`, `4096`, `sda1`, `512m`, `Base64Encoder`, `aes256gcm`; not `k3j9x0p2m4` and `p4ssw0rd`. */
function isWordOrNumber(part: string): boolean {
  const runs = runsOf(part);
  if (runs.length === 1) return /^\d/.test(part) || isWord(part);
  if (part.length < TELLING_LENGTH) return true;
  if (part.length >= 12 && /^[0-9a-f]+$/i.test(part)) return false;
  if (isShuffled(part)) return false;
  const inner = runs.slice(1, -1);
  if (inner.filter((run) => /\d/.test(run)).length > 1 || inner.some((run) => /^[A-Za-z]{1,2}$/.test(run))) return false;
  return runs.every((run) => (/\d/.test(run) ? run.length <= 8 : isWord(run)));
}

/**
 * Pairs of letters that next to no word has, by the first letter: less than 1.5 in 10,000 pairs of 34,000 words from documentation
 * in English and from names of programs and files. Such a word has two of them once in 2,000; of 16 letters by chance, 9 in 10 have.
 */
const RARE_PAIRS = new Map(
  `aq bhkqvwxz cjqwxz dqxz fhjkqvwxz gbjkqwxyz hbfghjqvwxz ihwy jbfghjklmnqrtvwxyz kfjkqvxz ljqwx mhjqvwxz nqx oq pjqvxz
  qabcdefghijkmnopqrstvwxyz rjqxz sj tq uhjquvwy vbdfhjklnquvwxyz wbfgjkmquvwxyz xbghjknqruvwz yhjkqvwxyz zbcdfghjklmnpqrstuvwxyz`
    .split(/\s+/)
    .map(([first = '', ...rare]) => [first, new Set(rare)] as const),
);
const MOST_RARE_PAIRS = 1;
/** Shorter ones are abbreviations as often as words. */
const WORD_LENGTH = 8;
const LONGEST_WORD = 40;

/** Whether letters are words, in camel case as well. */
function isWord(letters: string): boolean {
  if (isShuffled(letters)) return false;
  return camelWords(letters).every(
    (word) => word.length < WORD_LENGTH || (word.length <= LONGEST_WORD && rarePairs(word.toLowerCase()) <= MOST_RARE_PAIRS),
  );
}

/** Whether upper and lower case change more often than from word to word. */
function isShuffled(text: string): boolean {
  const letters = text.replace(/\d/g, '').length;
  return letters >= TELLING_LENGTH && camelWords(text).length > Math.max(3, letters / 3);
}

function camelWords(text: string): string[] {
  return text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
}

function rarePairs(word: string): number {
  let count = 0;
  for (let at = 1; at < word.length; at++) if (RARE_PAIRS.get(word[at - 1] ?? '')?.has(word[at] ?? '') === true) count += 1;
  return count;
}

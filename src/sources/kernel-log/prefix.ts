/**
 * What stands before the kernel's own words in a log line: printk stamps, caller ids, syslog, journal, CRI and Docker
 * prefixes, and the marks that mail and issue trackers add. Prefixes stack (`<6>[12.3][ T1] …` behind syslog's), so one
 * is taken off at a time until none matches.
 */

/** A log line's text without its prefixes, and what they told. */
export interface StrippedLine {
  readonly text: string;
  /** Something that stamps or tags a line was taken off; quote marks and list numbers do not count. */
  readonly prefixed: boolean;
  readonly uptimeSeconds: number | undefined;
  readonly wallClock: string | undefined;
  readonly stamp: string | undefined;
  readonly host: string | undefined;
  /** printk's caller: `T123` a task, `C1` a CPU. */
  readonly caller: string | undefined;
  /** The program syslog names; undefined where there is no syslog tag. Kernel lines carry `kernel`. */
  readonly ident: string | undefined;
  /** It is a record of /dev/kmsg, whose text is escaped (kmsg-record.ts). */
  readonly isRecord: true | undefined;
}

type Taken = { -readonly [Name in keyof StrippedLine]: StrippedLine[Name] };

interface PrefixRule {
  readonly pattern: RegExp;
  readonly take: (match: RegExpExecArray, taken: Taken) => void;
  /** Only decoration: the line is not stamped by it. */
  readonly decoration?: boolean;
  /** Nothing but another bracket can follow: printk's stamp stands right before the kernel's text. */
  readonly innermost?: boolean;
}

const MONTHS: Readonly<Record<string, string>> = {
  Jan: '01',
  Feb: '02',
  Mar: '03',
  Apr: '04',
  May: '05',
  Jun: '06',
  Jul: '07',
  Aug: '08',
  Sep: '09',
  Oct: '10',
  Nov: '11',
  Dec: '12',
};

function takeIso(match: RegExpExecArray, taken: Taken): void {
  const zone = match[3] ?? '';
  taken.wallClock = `${match[1]}T${(match[2] ?? '').replace(',', '.')}${/^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`;
}

function takeUptime(text: string | undefined, taken: Taken): void {
  const value = Number(text);
  if (Number.isFinite(value)) taken.uptimeSeconds ??= value;
}

function takeTag(host: string | undefined, ident: string | undefined, taken: Taken): void {
  if (host !== undefined) taken.host = host;
  if (ident !== undefined) taken.ident = ident;
}

/** `Wed Mar 13 11:16:48 2024` as `2024-03-13T11:16:48`; undefined for other languages' names. */
function ctimeToIso(stamp: string): string | undefined {
  const match = /^\w{3} (\w{3}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/.exec(stamp);
  const month = MONTHS[match?.[1] ?? ''];
  if (match === null || month === undefined) return undefined;
  return `${match[4]}-${month}-${(match[2] ?? '').padStart(2, '0')}T${match[3]}`;
}

function takeDate(stamp: string, taken: Taken): void {
  const iso = ctimeToIso(stamp);
  if (iso !== undefined) taken.wallClock ??= iso;
  else taken.stamp ??= stamp;
}

const TAG = String.raw`([A-Za-z][\w./@-]{0,63}(?:\([\w-]{1,32}\))?)(?:\[\d{1,10}\])?: ?`;
const SYSLOG_REST = String.raw`(\d\d:\d\d:\d\d(?:\.\d{1,9})?) (\S{1,255}) (?:${TAG})?`;

function takeSyslog(match: RegExpExecArray, taken: Taken): void {
  taken.stamp = `${match[1]} ${match[2]}`;
  takeTag(match[3], match[4], taken);
}

const ISO = String.raw`(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d)?`;

/** Prefixes that begin with `[`. */
const BRACKETED: readonly PrefixRule[] = [
  // printk's stamp: "[12.345678] "; dmesg -d: "[  +0.000012] ".
  {
    pattern: /^\[ *(\+?)(\d{1,12}\.\d{2,9})\]:? ?/,
    take: (match, taken) => {
      if (match[1] === '') takeUptime(match[2], taken);
    },
    innermost: true,
  },
  // printk's caller id: "[ T123]", "[C1]".
  {
    pattern: /^\[ *([TC]\d{1,10})\] ?/,
    take: (match, taken) => {
      taken.caller = match[1] ?? '';
    },
    innermost: true,
  },
  // dmesg -T in any language: "[Thu May  9 14:52:38 2024] ".
  {
    pattern: /^\[([^[\]]{0,24}\d{1,2}:\d\d:\d\d(?: \d{4})?)\] ?/,
    take: (match, taken) => takeDate((match[1] ?? '').trim(), taken),
  },
  // dmesg -H: "[Nov23 20:26] ".
  {
    pattern: /^\[([A-Z][a-z]{2} ?\d{1,2} \d\d:\d\d)\] ?/,
    take: (match, taken) => {
      taken.stamp ??= match[1] ?? '';
    },
  },
  // Talos: "[2025-06-04T04:51:57.572293906Z]: ".
  { pattern: new RegExp(`^\\[${ISO}\\]:? ?`), take: takeIso },
  // kubectl logs --prefix: "[pod/name/container] ".
  { pattern: /^\[pod\/[^\]\s]{1,300}\] ?/, take: () => {} },
];

/** Prefixes that begin with a digit. */
const NUMBERED: readonly PrefixRule[] = [
  // printk's stamp with its first bracket lost in a paste: "12.345678] ".
  { pattern: /^(\d{1,12}\.\d{2,9})\] ?/, take: (match, taken) => takeUptime(match[1], taken), innermost: true },
  // /dev/kmsg: "6,1234,5678901,-;", "6,1234,5678901,-,caller=T1;".
  {
    pattern: /^\d{1,4},\d{1,20},(\d{1,20}),[^;,]{0,8}(?:,caller=([TC]\d{1,10}))?(?:,[^;]{0,64})?;/,
    take: (match, taken) => {
      takeUptime(String(Number(match[1]) / 1e6), taken);
      if (match[2] !== undefined) taken.caller = match[2];
      taken.isRecord = true;
    },
    innermost: true,
  },
  // CRI: "2024-03-13T11:16:48.1Z stdout F ". Partial lines (P) are joined before the prefix is looked at.
  { pattern: new RegExp(`^${ISO} (?:stdout|stderr) [FP] ?`), take: takeIso },
  // VMware's log of a guest's console: "2023-12-04T10:49:30.125Z In(05) vcpu-5 - Guest: ".
  { pattern: new RegExp(String.raw`^${ISO} \w{2}\(\d\d\) \S{1,32} - (?:Guest: )?`), take: takeIso },
  // rsyslog and journalctl -o short-iso: "2026-09-02T09:08:50.880492+00:00 host kernel: ".
  {
    pattern: new RegExp(`^${ISO} (\\S{1,255}) ${TAG}`),
    take: (match, taken) => {
      takeIso(match, taken);
      takeTag(match[4], match[5], taken);
    },
  },
  // kubectl logs --timestamps, dmesg --time-format=iso: "2024-03-13T11:16:48,123456+00:00 ".
  { pattern: new RegExp(`^${ISO}[ \\t]`), take: takeIso },
  // Seconds since the epoch with a host: "1720128512 node1 "; journalctl -o short-unix: "1720128512.123456 node1 kernel: ".
  {
    pattern: /^(1\d{9}(?:\.\d{1,9})?) (\S{1,255}) (?:(kernel): ?)?/,
    take: (match, taken) => {
      taken.wallClock = new Date(Number(match[1]) * 1000).toISOString();
      takeTag(match[2], match[3], taken);
    },
  },
  // Talos through talosctl: "10.0.0.1: kern:    info: ".
  {
    pattern: /^(\d{1,3}(?:\.\d{1,3}){3}): /,
    take: (match, taken) => {
      taken.host = match[1] ?? '';
    },
  },
  // Chinese and Japanese months: "11月 23 20:26:59 host kernel: ".
  { pattern: new RegExp(`^(\\d{1,2}[^\\s\\d:.]{1,4} {1,2}\\d{1,2}) ${SYSLOG_REST}`), take: takeSyslog },
  // grep -n and numbered lists, only before something that is itself a prefix.
  {
    pattern: /^\d{1,8}[:.)-] ?(?=\[ *\d{1,12}\.\d|\[[A-Z][a-z]{2} |<\d|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:)/,
    take: () => {},
    decoration: true,
  },
];

/** Prefixes that begin with `<`. */
const LEVELLED: readonly PrefixRule[] = [
  // RFC 5424: "<6>1 2024-03-13T11:16:48Z host kernel - - - ".
  {
    pattern: new RegExp(String.raw`^<\d{1,3}>1 ${ISO} (\S{1,255}) (\S{1,48}) \S{1,128} \S{1,32} (?:-|\[[^\]]{0,512}\]) ?`),
    take: (match, taken) => {
      takeIso(match, taken);
      takeTag(match[4], match[5], taken);
    },
  },
  // The syslog level alone: "<6>".
  { pattern: /^<\d{1,3}>/, take: () => {} },
];

/** Prefixes that begin with a letter of any script. */
const WORDED: readonly PrefixRule[] = [
  // syslog and journalctl -o short(-precise), months in any language: "Jun 24 18:49:43 host kernel: ".
  { pattern: new RegExp(`^([^\\s\\d[<>]{1,10} {1,2}\\d{1,2}) ${SYSLOG_REST}`), take: takeSyslog },
  // journalctl -o short-full: "Wed 2024-03-13 11:16:48 UTC host kernel: ".
  {
    pattern: new RegExp(`^[^\\s\\d]{1,8} ${ISO} (\\w{1,5}) (\\S{1,255}) ${TAG}`),
    take: (match, taken) => {
      takeIso(match, taken);
      if (match[4] === 'UTC' && taken.wallClock !== undefined) taken.wallClock += 'Z';
      takeTag(match[5], match[6], taken);
    },
  },
  // dmesg -x and Talos: "kern  :info  : ", "kern:    info: ".
  { pattern: /^kern {0,8}: {0,8}[a-z]{3,8} {0,8}: ?/, take: () => {} },
  // What is left of a syslog line whose first columns were cut: "host kernel: ", "kernel: ".
  { pattern: /^(?:(\S{1,255}) )?(kernel)(?:\[\d{1,10}\])?: ?/, take: (match, taken) => takeTag(match[1], match[2], taken) },
  // dmesg -T with its first bracket lost in a paste: "Thu May 23 18:40:42 2024] ".
  {
    pattern: /^(\S{2,6} \S{3,6} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4})\] ?/,
    take: (match, taken) => takeDate(match[1] ?? '', taken),
  },
];

/** Marks of mail and issue trackers. */
const DECORATIONS: readonly PrefixRule[] = [
  { pattern: /^(?:> ?)+/, take: () => {}, decoration: true },
  { pattern: /^[-*] (?=\[ *\d{1,12}\.\d)/, take: () => {}, decoration: true },
];

function rulesFor(code: number): readonly PrefixRule[] {
  if (code === 0x5b /* [ */) return BRACKETED;
  if (code >= 0x30 && code <= 0x39) return NUMBERED;
  if (code === 0x3c /* < */) return LEVELLED;
  if (code === 0x3e /* > */ || code === 0x2d /* - */ || code === 0x2a /* * */) return DECORATIONS;
  return WORDED;
}

const MAX_PREFIXES = 8;

/** Takes a line's prefixes off. The text comes back without surrounding white space. Never throws. */
export function stripPrefix(line: string): StrippedLine {
  const taken: Taken = {
    text: '',
    prefixed: false,
    uptimeSeconds: undefined,
    wallClock: undefined,
    stamp: undefined,
    host: undefined,
    caller: undefined,
    ident: undefined,
    isRecord: undefined,
  };
  let text = line.trim();
  for (let round = 0; round < MAX_PREFIXES; round++) {
    let used: PrefixRule | undefined;
    for (const rule of rulesFor(text.charCodeAt(0))) {
      const match = rule.pattern.exec(text);
      if (match === null) continue;
      rule.take(match, taken);
      text = text.slice(match[0].length).trimStart();
      used = rule;
      break;
    }
    if (used === undefined) break;
    if (used.decoration !== true) taken.prefixed = true;
    if (used.innermost === true && text.charCodeAt(0) !== 0x5b) break;
  }
  taken.text = text;
  return taken;
}

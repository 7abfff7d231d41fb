import { hintOf } from './name.js';
import { isHarmless, isSwitch } from './value.js';

const REDACTED = 'redacted';

/** `scheme://` and what may belong to it. */
const URL_IN_TEXT = /\b([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s'"`<>]+)/gi;
/** What can stand between the scheme and the path of a URL without a login. */
const HOST = /^(?:\[[0-9a-f:.%]+\]|[\w.*-]*)(?::\d*)?(?:,[\w.-]+(?::\d*)?)*$/i;
/** Path segments after which a webhook's secret comes, and the hosts that have it right behind a segment of another name. */
const WEBHOOK = /^(?:web)?hooks?$|^webhookb2$|^integration$/i;
const SECRET_PATHS = /(?:^|\.)(?:hooks\.slack\.com|hc-ping\.com|maker\.ifttt\.com)(?::\d+)?$/i;
/** Segments that name what follows, as `/with/key/KEY` does. */
const NAMING = /^(?:key|token|apikey|api_key|secret|password)$/i;
/** api.telegram.org/bot123456:TOKEN/sendMessage */
const BOT = /^bot\d+:./;

/**
 * A URL as a message may show it: without user name, password, query and fragment, all of which may be secrets. What is no URL, such as
 * one with a slip in it, loses what stands before its last `@` too.
 */
export function shownUrl(location: string): string {
  const scheme = /^[^/?#@]*:\/\//.exec(location)?.[0] ?? '';
  const rest = location.slice(scheme.length);
  return `${scheme}${rest.slice(loginEnd(rest))}`.replace(/[?#].*$/s, '');
}

/** What a user named to be read, as a message may show it: a URL as above, a file as it is. */
export function shownLocation(location: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(location) ? shownUrl(location) : location;
}

/** A text whose URLs have their logins, the secrets of their queries and the paths of webhooks replaced. */
export function redactUrls(text: string): string {
  return text.includes('://') ? text.replace(URL_IN_TEXT, (_, scheme: string, rest: string) => scheme + redactRest(rest)) : text;
}

/** The login of a URL; undefined without one. A percent sign that encodes nothing is meant as it is: passwords have them. */
export function loginOf({ username, password }: URL): { readonly user: string; readonly password: string } | undefined {
  return username === '' && password === '' ? undefined : { user: decoded(username), password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where the login of a URL ends, counted behind its scheme; 0 without one. A password may hold a slash: the last `@` ends it then. */
function loginEnd(rest: string): number {
  const [head = ''] = rest.split(/[/?#]/, 1);
  if (HOST.test(head)) return 0;
  const inHead = head.lastIndexOf('@') + 1;
  const path = rest.slice(head.length);
  const hasMore = path.replace(/[?#].*$/s, '').includes('@');
  return inHead > 0 && !hasMore ? inHead : rest.lastIndexOf('@') + 1;
}

function redactRest(rest: string): string {
  const end = loginEnd(rest);
  const [, host = '', path = '', query = ''] = /^([^/?#;]*)([^?#;]*)(.*)$/s.exec(rest.slice(end)) ?? [];
  return `${end === 0 ? '' : `${REDACTED}@`}${host}${redactPath(host, path)}${redactQuery(query)}`;
}

function redactPath(host: string, path: string): string {
  let hides = SECRET_PATHS.test(host);
  const segments = path.split('/');
  return segments
    .map((segment, at) => {
      const before = segments[at - 1] ?? '';
      if (BOT.test(segment)) return REDACTED;
      const isHidden =
        segment !== '' && (NAMING.test(before) || (hides && !/^(?:services|workflows|triggers?|with|key)$/i.test(segment)));
      hides ||= WEBHOOK.test(segment);
      return isHidden || !isHarmless(segment) ? redactedUnlessEmpty(segment) : segment;
    })
    .join('/');
}

/** Parameters as `?a=1&b=2`, in a fragment too, and as JDBC has them behind semicolons. */
function redactQuery(query: string): string {
  return query
    .split(/([?#&;])/)
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? ['', part] : [part.slice(0, equals), part.slice(equals + 1)];
      if (/^[?#&;]?$/.test(part)) return part;
      const isHidden =
        (hintOf(name) !== undefined && !isSwitch(value)) || /credential|signature/i.test(name) || !isHarmless(value);
      return isHidden ? `${equals < 0 ? '' : `${name}=`}${redactedUnlessEmpty(value)}` : part;
    })
    .join('');
}

function redactedUnlessEmpty(text: string): string {
  return text === '' ? '' : REDACTED;
}

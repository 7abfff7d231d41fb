import { type Accounting, bytes, type Message, ratio } from '../../model/index.js';
import { say } from './words.js';

/** What was charged, of which limit, in one phrase. */
export function chargeSummary({ scope, chargedBytes, limitBytes }: Accounting): Message {
  const charged = bytes(chargedBytes);
  if (limitBytes === undefined) return say(scope === 'node' ? 'memory.node' : 'memory.charged', { charged });
  const share = ratio(limitBytes === 0 ? 1 : chargedBytes / limitBytes);
  return say(scope === 'node' ? 'memory.node-of-ram' : 'memory.charged-of-limit', { charged, limit: bytes(limitBytes), share });
}

const QUANTITY = /^([0-9]{1,18}(?:\.[0-9]{0,9})?)(?:(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)|e([+-]?[0-9]{1,2}))?$/;
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A quantity of memory in bytes, rounded up as the API server does; undefined when it is not one. Source: apimachinery
 * pkg/api/resource Quantity.
 */
export function parseQuantity(text: unknown): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? Math.ceil(text) : undefined;
  const match = typeof text === 'string' ? QUANTITY.exec(text.trim()) : null;
  if (match === null) return undefined;
  const factor = match[3] === undefined ? (FACTORS[match[2] ?? ''] ?? 1) : 10 ** Number(match[3]);
  return Math.ceil(Number(match[1]) * factor);
}

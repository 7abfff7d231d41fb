import type { Language } from '../language.js';
import { sentenceGap } from '../messages/index.js';

/** A share as a percentage: `89 %`, `1.4 %`, `<0.1 %`. Never rounds a part up to the whole: 0.9999 is `99.9 %`. */
export function formatRatio(ratio: number, lang: Language): string {
  const gap = sentenceGap(lang);
  const percent = Math.abs(ratio) * 100;
  if (percent < 0.1) return `${ratio > 0 ? '<0.1' : '0'}${gap}%`;
  return `${ratio < 0 ? '-' : ''}${percentDigits(percent)}${gap}%`;
}

function percentDigits(percent: number): string {
  if (percent > 99 && percent < 100) return Math.min(percent, 99.9).toFixed(1);
  return percent < 9.95 ? String(Number(percent.toFixed(1))) : percent.toFixed(0);
}

/** A count with thousands separated: `75,129`. */
export function formatCount(count: number): string {
  const [whole = '', fraction] = String(count).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A confidence as two decimals: `0.80`. */
export function formatConfidence(confidence: number): string {
  return confidence.toFixed(2);
}

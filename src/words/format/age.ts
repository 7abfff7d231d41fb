/** How long ago, as kubectl writes ages: `45s`, `12m`, `3h5m`, `2d4h`, `34d`. Source: apimachinery pkg/util/duration HumanDuration, shortened. */
export function formatAge(ageSeconds: number): string {
  const whole = Math.max(0, Math.floor(ageSeconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const pair = (large: string, small: number, unit: string): string => (small === 0 ? large : `${large}${small}${unit}`);
  if (whole < 120) return `${whole}s`;
  if (minutes < 120) return `${minutes}m`;
  if (hours < 24) return pair(`${hours}h`, minutes % 60, 'm');
  return days < 8 ? pair(`${days}d`, hours % 24, 'h') : `${days}d`;
}

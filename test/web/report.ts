import { report as reportOf } from '../render/fixtures.js';

/** A report that tells nothing yet. */
export const report = reportOf({ source: 'kernel.log', lastLine: 100 });

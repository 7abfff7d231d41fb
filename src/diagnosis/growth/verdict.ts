import type { Growth } from '../../model/index.js';

/** What a pattern found in a scene. */
export interface Verdict
  extends Pick<Growth, 'pattern' | 'confidence' | 'title' | 'because' | 'against'>,
    Partial<Pick<Growth, 'growing'>> {}

/** Every term the reports use, explained in each of their languages. Pure: it runs in a browser too. */
export { type GlossaryEntry, topics } from './entry.js';
export { findTerm } from './find.js';
export { glossaryMarkdown } from './markdown.js';
export { type GlossaryStyle, renderGlossary, renderGlossaryAnswer, renderGlossaryList } from './render.js';
export { listTerms } from './topics.js';

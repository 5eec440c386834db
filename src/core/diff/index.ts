export { compare } from './compare.js';
export { comparisonJson, comparisonMarkdown, comparisonText } from './print.js';
export type { Change, Comparison } from './types.js';

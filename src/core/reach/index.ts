export { judge } from './judge.js';
export { explain, pairs } from './explain.js';
export { uidInside } from './send.js';
export * from './types.js';

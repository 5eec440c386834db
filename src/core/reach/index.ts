export { judgeApart } from './apart.js';
export { judge, judgeAgain, newMemory, type Memory } from './judge.js';
export { explain, pairs } from './explain.js';
export { uidInside } from './made.js';
export * from './types.js';

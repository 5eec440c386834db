export { START, watch, type SeenTable, type Sight, type TableChange, type Watched, type WatchState } from './watch.js';
export type { Alarm } from './types.js';

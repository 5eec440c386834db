import type { Alarm } from '../alarm/types.js';
import type { ListName } from '../delta.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Patch } from './patch.js';

/** The recording format this code writes. */
export const RECORDING_FORMAT = 1;

/** First line of a recording: JSON lines, one value a line, each with its time. */
export interface RecordingHeader {
  readonly bulkhead: 'recording';
  readonly format: typeof RECORDING_FORMAT;
  readonly startedAt: string;
}

/**
 * What changed in one list. `set`: patches by position in the list as it stood before; `gone`: positions that went;
 * `put`: entries that came, at the end.
 */
export interface ListChange {
  readonly set?: readonly (readonly [number, Patch])[];
  readonly gone?: readonly number[];
  readonly put?: readonly unknown[];
}

/**
 * A step from one frame to the next. Absent members are unchanged. A patch of a workload's `cgroup` goes for the node of the
 * tree that is its own as well, unless that node has a patch of its own.
 */
export interface FrameLine {
  readonly at: string;
  readonly host?: Patch;
  readonly connections?: Patch;
  readonly notes?: Snapshot['notes'];
  readonly lists?: { readonly [K in ListName]?: ListChange };
}

/** Second line: the host as a whole. It comes again from time to time, so that a damaged line costs only what lies between. */
export interface WholeLine {
  readonly at: string;
  readonly snapshot: Snapshot;
}

export interface AlarmLine {
  readonly at: string;
  readonly alarm: Alarm;
}

export type RecordingLine = RecordingHeader | WholeLine | FrameLine | AlarmLine;

/** A line as it is written. */
export const line = (value: RecordingLine): string => `${JSON.stringify(value)}\n`;

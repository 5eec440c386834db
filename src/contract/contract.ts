import type { Snapshot } from '../core/model/snapshot.js';
import type { Finding } from '../core/model/finding.js';
import type { Judgement } from '../core/reach/types.js';
import type { Alarm } from '../core/alarm/types.js';

/**
 * What a window may ask of a session and what a session tells a window. Both transports (Electron IPC
 * and the loopback WebSocket) carry exactly this and know nothing of it. Everything is plain JSON.
 */

/** An error that a user sees: what happened, why, what to do. */
export interface Trouble {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
  /** A command to copy, or `''`. */
  readonly command: string;
}

/** The designed states of a window. `age` is told by `since` (ISO 8601), counted in the window. */
export type Link =
  | { readonly state: 'connecting'; readonly endpoint: string; readonly since: string; readonly read: number; readonly total: number | null }
  | { readonly state: 'live'; readonly endpoint: string; readonly since: string }
  | { readonly state: 'example'; readonly tried: readonly { readonly endpoint: string; readonly failure: 'absent' | 'denied' | 'silent' | 'refused'; readonly text: string }[]; readonly trouble: Trouble }
  | { readonly state: 'stale'; readonly endpoint: string; readonly since: string; readonly trouble: Trouble; readonly nextTryAt: string }
  | { readonly state: 'file'; readonly name: string; readonly takenAt: string }
  | { readonly state: 'recording'; readonly name: string; readonly frames: readonly string[]; readonly at: number; readonly truncated: boolean };

/** A mark on the time strip. */
export interface Moment {
  readonly id: string;
  readonly at: string;
  readonly kind: 'start' | 'stop' | 'change' | 'finding' | 'alarm' | 'healed' | 'gap';
  readonly severity: 'none' | 'mind' | 'risk';
  readonly text: string;
  /** Workload, host or segment id to select, or null. */
  readonly about: string | null;
}

/** The whole state a window draws. `denied`: what could not be read and what it would answer. */
export interface Picture {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
  readonly alarms: readonly Alarm[];
  readonly moments: readonly Moment[];
  readonly denied: readonly { readonly what: string; readonly would: string }[];
  /** Whether a click on 'Read as root' can help here. */
  readonly elevation: 'possible' | 'running' | 'not-needed' | 'not-possible';
}

/** A change of a picture: lists by entity, replaced or removed by id; absent members are unchanged. */
export interface PictureDelta {
  readonly snapshot: import('../core/delta.js').SnapshotDelta | null;
  readonly judgement: Judgement | null;
  readonly findings: readonly Finding[] | null;
  readonly alarms: readonly Alarm[] | null;
  readonly newMoments: readonly Moment[];
  readonly denied: Picture['denied'] | null;
  readonly elevation: Picture['elevation'] | null;
}

/**
 * What a session pushes. `picture` is whole; `delta` applies to the last one, `seq` follows on or the window asks `resync`.
 * `opened` is a picture without its snapshot, which the window that gave the text under this key has already; another one
 * asks `resync`. `frame` moves on in the recording that the last `link` told of. `alarms`: those of the live host, as they
 * are now, where a saved file is shown in its place.
 */
export type Push =
  | { readonly push: 'link'; readonly link: Link }
  | { readonly push: 'picture'; readonly seq: number; readonly picture: Picture }
  | { readonly push: 'opened'; readonly seq: number; readonly key: string; readonly picture: Omit<Picture, 'snapshot'> }
  | { readonly push: 'frame'; readonly at: number }
  | { readonly push: 'alarms'; readonly alarms: readonly Alarm[] }
  | { readonly push: 'delta'; readonly seq: number; readonly delta: PictureDelta }
  | { readonly push: 'command'; readonly command: 'open' | 'export' | 'palette' | 'theme' | 'lens-1' | 'lens-2' | 'lens-3' | 'lens-4' };

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly trouble: Trouble };

/**
 * An engine that may be there. `id`: what `useEngine` takes. `from`: who names it. `state`: a socket that may be opened, that this user
 * may not open, or that is absent; `elsewhere`: it is not on this machine, and was not asked.
 */
export interface FoundEngine {
  readonly id: string;
  readonly endpoint: string;
  readonly from: string;
  readonly state: 'there' | 'denied' | 'absent' | 'elsewhere';
}

/** What a window may ask. Arguments are checked against `requests` (zod) on the session's side. */
export interface Methods {
  /** The first call: the session answers with pushes `link` and, when it has one, `picture`. */
  hello(): Answer<{ readonly version: string; readonly shell: 'electron' | 'browser' }>;
  resync(): Answer<null>;
  tryNow(): Answer<null>;
  /** The engines that can be chosen, and the endpoint that is asked now. None is connected to. */
  engines(): Answer<{ readonly now: string; readonly engines: readonly FoundEngine[] }>;
  /** Goes to another engine, one of those that `engines` names and no other. */
  useEngine(args: { readonly id: string }): Answer<null>;
  /**
   * Opens a snapshot or recording from its text; bounded at 100 MB by the transports. A window that parsed the text itself
   * gives a `key` of its own making: where the text is a snapshot of today's format and fit to be shown, `opened` answers
   * with that key instead of sending 20 MB back.
   */
  openText(args: { readonly name: string; readonly text: string; readonly key?: string | undefined }): Answer<null>;
  /** Asks the shell for a file (Electron's dialog); in a browser the page has its own. */
  openDialog(): Answer<null>;
  /** Back from an opened file to the live host. */
  goLive(): Answer<null>;
  /** Bytes of an export. Text formats come as text, others as base64. */
  exportAs(args: ExportRequest): Answer<Exported>;
  /** Saves through the shell's dialog, atomically; in a browser answers `unsupported` and the page downloads. */
  saveAs(args: { readonly name: string; readonly encoding: 'text' | 'base64'; readonly data: string }): Answer<{ readonly path: string | null }>;
  /** Open connections, read once on request; they come with the next picture. */
  readTraffic(): Answer<null>;
  /** setuid and file-capability programs in images, read once on request. */
  readPrograms(): Answer<null>;
  elevate(): Answer<null>;
  setPollInterval(args: { readonly ms: number }): Answer<null>;
  /** Frame of an opened recording. */
  seek(args: { readonly frame: number }): Answer<null>;
  /** Compares the current snapshot with an opened one's text, or with a recording as it was in the end; answers the changes in words and by id. */
  compareText(args: { readonly name: string; readonly text: string }): Answer<import('../core/diff/types.js').Comparison>;
  notify(args: { readonly title: string; readonly body: string }): Answer<null>;
}

export const EXPORT_FORMATS = ['drawio', 'svg', 'png', 'pdf', 'mermaid', 'dot', 'html', 'graphml', 'gexf', 'csv', 'sarif', 'json', 'junit'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A file, and what a window tells of it before it is saved. */
export interface Exported {
  readonly name: string;
  readonly mime: string;
  readonly encoding: 'text' | 'base64';
  readonly data: string;
  /** What a redacted file still tells of its host, a line each; empty where it is not redacted. */
  readonly left: readonly string[];
  /** A picture (SVG) of what no window can show by itself; null where the file is its own preview. */
  readonly preview: string | null;
}

/** What the screen shows is what the file shows: lens, options, filter, selection, theme. */
export interface ExportRequest {
  readonly format: ExportFormat;
  readonly lens: 'network' | 'namespaces' | 'resources' | 'enforcement';
  readonly theme: 'light' | 'dark';
  readonly width: number;
  /** Of the canvas that the picture fills; null: a page, as long as it needs. */
  readonly height: number | null;
  /** Where things stand in this lens already; null: where it puts them. */
  readonly order: import('../core/scene/scene.js').Placement['order'] | null;
  readonly scale: 1 | 2 | 3 | 4;
  readonly filter: string;
  readonly project: string | null;
  readonly selected: string | null;
  readonly redact: boolean;
  readonly options: import('../core/lenses/view.js').LensOptions;
  readonly page: 'a4' | 'a3' | 'letter' | 'fit';
  /** What is marked on the picture of a comparison; null for nothing. */
  readonly compared: import('../core/lenses/compared.js').Compared | null;
}

/** The bridge that preload exposes (and that the browser's WebSocket client imitates). */
export interface Bridge {
  call<K extends keyof Methods>(method: K, ...args: Parameters<Methods[K]>): Promise<ReturnType<Methods[K]>>;
  onPush(listener: (push: Push) => void): () => void;
}

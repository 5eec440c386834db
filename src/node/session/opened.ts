import type { Link, Moment, Picture, Push, Trouble } from '../../contract/contract.js';
import type { Alarm } from '../../core/alarm/types.js';
import { openSnapshot } from '../../core/model/open.js';
import type { Snapshot } from '../../core/model/index.js';
import { frameAt, isRecording, openRecording, type Recording } from '../../core/record/index.js';
import { momentsOfAlarms } from './moments.js';

/** What is shown of an opened file: a snapshot, or a frame of a recording, which can be followed to another frame. */
export interface Shown {
  readonly link: Link;
  readonly snapshot: Snapshot;
  readonly alarms: readonly Alarm[];
  readonly moments: readonly Moment[];
  readonly seek: ((frame: number) => OpenedFile) | null;
  /** Whether the file's own JSON says the same as the snapshot. */
  readonly asIs: boolean;
}

export type OpenedFile = { readonly ok: true; readonly shown: Shown } | { readonly ok: false; readonly trouble: Trouble };

/** The trouble of a file, with its name in front. */
export function named(name: string, trouble: Trouble): { readonly ok: false; readonly trouble: Trouble } {
  return { ok: false, trouble: { ...trouble, what: `${name.slice(0, 200)} was not opened: ${trouble.what}` } };
}

function frame(name: string, recording: Recording, wanted: number): OpenedFile {
  const at = Math.min(Math.max(0, wanted), recording.frames.length - 1);
  const answer = frameAt(recording, at);
  if (!answer.ok) return named(name, answer.trouble);
  const now = answer.snapshot.takenAt;
  const alarms = recording.alarms.filter((a) => a.at <= now).map((a) => (a.healedAt !== null && a.healedAt > now ? { ...a, healedAt: null } : a));
  return {
    ok: true,
    shown: {
      link: { state: 'recording', name, frames: recording.frames.map((f) => f.at), at, truncated: recording.truncated },
      snapshot: answer.snapshot,
      alarms,
      moments: momentsOfAlarms([], recording.alarms),
      seek: (other) => frame(name, recording, other),
      asIs: false,
    },
  };
}

/** Opens the text of a snapshot or a recording. It is untrusted; nothing is shown of what is neither. */
export function openFile(name: string, text: string): OpenedFile {
  if (isRecording(text)) {
    const opened = openRecording(text);
    return opened.ok ? frame(name, opened.recording, opened.recording.frames.length - 1) : named(name, opened.trouble);
  }
  const opened = openSnapshot(text);
  if (!opened.ok) return named(name, opened.trouble);
  return { ok: true, shown: { link: { state: 'file', name, takenAt: opened.snapshot.takenAt }, snapshot: opened.snapshot, alarms: [], moments: [], seek: null, asIs: opened.asIs } };
}

/** How an opened file came to be shown: by a window that has its text under a key, or by moving on in a recording. */
export interface Asked {
  readonly key?: string | undefined;
  readonly seek?: boolean;
}

/** What is pushed of it: nothing again that the windows have already. */
export function pushesOf({ shown, picture }: { readonly shown: Shown; readonly picture: Picture }, seq: number, asked: Asked): readonly Push[] {
  const { link, asIs } = shown;
  const { snapshot: _, ...rest } = picture;
  return [
    asked.seek === true && link.state === 'recording' ? { push: 'frame', at: link.at } : { push: 'link', link },
    asIs && asked.key !== undefined ? { push: 'opened', seq, key: asked.key, picture: rest } : { push: 'picture', seq, picture },
  ];
}

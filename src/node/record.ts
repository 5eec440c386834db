import { closeSync, existsSync, fdatasyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Picture, Push, Trouble } from '../contract/contract.js';
import { same } from '../core/delta.js';
import { recordAlarm, recordSnapshot, startRecording, type Recorder } from '../core/record/index.js';
import type { HostChoice } from './collect/engine/hosts.js';
import { Session } from './session/session.js';
import { STANDARD_PARTS } from './session/standard.js';

export interface RecordOptions extends HostChoice {
  /** The file to write. */
  readonly out: string;
  /** Whether a file that is there already may be replaced. */
  readonly force?: boolean;
  readonly pollMs?: number;
  /** How long, ms; without it until `signal`. */
  readonly forMs?: number;
  readonly signal: AbortSignal;
  readonly version: string;
  /** Told when the first frame is on the disk, and when the engine is lost or back: one sentence each. */
  readonly progress?: (sentence: string) => void;
}

export type Recorded = { readonly ok: true; readonly frames: number; readonly alarms: number; readonly bytes: number } | { readonly ok: false; readonly trouble: Trouble };

/** What has been written reaches the disk at least this often, ms. */
const FLUSH_EVERY = 5_000;

/** A recording on disk: the first frame appears whole or not at all, what follows is appended line by line. */
class Tape {
  #fd: number;
  #recorder: Recorder;
  #dirty = false;
  readonly #told = new Map<string, unknown>();
  frames = 1;
  bytes: number;

  constructor(path: string, picture: Picture) {
    const start = startRecording(picture.snapshot);
    const temporary = join(dirname(path), `.${process.pid}.${Date.now()}.bulkhead-recording`);
    this.#fd = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(this.#fd, start.text);
      fdatasyncSync(this.#fd);
      renameSync(temporary, path);
    } catch (error) {
      closeSync(this.#fd);
      rmSync(temporary, { force: true });
      throw error;
    }
    this.#recorder = start.recorder;
    this.bytes = Buffer.byteLength(start.text);
    this.#alarms(picture);
  }

  get alarms(): number {
    return this.#told.size;
  }

  add(picture: Picture): void {
    const news = this.#alarms(picture);
    const step = recordSnapshot(this.#recorder, picture.snapshot, news);
    this.#recorder = step.recorder;
    if (step.text === '') return;
    this.frames++;
    this.#write(step.text);
  }

  /** Writes the alarms that are new, came back or healed; answers whether there were any. */
  #alarms(picture: Picture): boolean {
    let news = false;
    for (const alarm of picture.alarms) {
      if (same(this.#told.get(alarm.id), alarm)) continue;
      this.#told.set(alarm.id, alarm);
      this.#write(recordAlarm(picture.snapshot.takenAt, alarm));
      news = true;
    }
    return news;
  }

  #write(text: string): void {
    writeSync(this.#fd, text);
    this.bytes += Buffer.byteLength(text);
    this.#dirty = true;
  }

  flush(): void {
    if (this.#dirty) fdatasyncSync(this.#fd);
    this.#dirty = false;
  }

  close(): void {
    this.flush();
    closeSync(this.#fd);
  }
}

const trouble = (what: string, why: string, todo: string): Recorded => ({ ok: false, trouble: { what, why, todo, command: '' } });

/**
 * Records a live host into a file until it is told to stop. Answers what was written, or why nothing could be. A lost
 * engine does not end a recording: it goes on when the engine is back.
 */
export function record(options: RecordOptions): Promise<Recorded> {
  const { out, signal, version, progress = () => undefined, forMs, host, context, env, note, pollMs } = options;
  if (options.force !== true && existsSync(out)) {
    return Promise.resolve(trouble('Nothing was recorded', `${out} is there already`, 'Give another name, or --force to replace it.'));
  }
  const session = new Session({ host, context, env, note, pollMs, parts: STANDARD_PARTS, version, shell: 'browser' });
  return new Promise<Recorded>((done) => {
    let tape: Tape | null = null;
    let ended = false;
    let linked = '';
    const timers: NodeJS.Timeout[] = [];
    const end = (answer: Recorded): void => {
      if (ended) return;
      ended = true;
      for (const t of timers) clearTimeout(t);
      signal.removeEventListener('abort', stop);
      session.close();
      try {
        tape?.close();
      } catch {
        // What could be written was written; the answer says what went wrong.
      }
      done(answer);
    };
    const stop = (): void => {
      if (tape === null) end(trouble('Nothing was recorded', 'it was stopped before the first picture', 'Wait for the first picture.'));
      else end({ ok: true, frames: tape.frames, alarms: tape.alarms, bytes: tape.bytes });
    };
    const take = (): void => {
      const { picture } = session;
      if (picture === null || picture.snapshot.origin !== 'live') return;
      if (tape === null) {
        tape = new Tape(out, picture);
        progress(`Recording ${picture.snapshot.containers.length} containers of ${picture.snapshot.host.engine.endpoint} to ${out}.`);
        if (forMs !== undefined) timers.push(setTimeout(stop, forMs));
      } else tape.add(picture);
    };
    const hear = (push: Push): void => {
      if (ended) return;
      try {
        if (push.push === 'link') {
          const { link } = push;
          if (link.state === 'example') return end({ ok: false, trouble: link.trouble });
          if (link.state === 'stale') progress(`${link.trouble.what}: ${link.trouble.why}. The recording goes on when it is back.`);
          else if (link.state === 'live' && linked === 'stale') progress('The engine is back.');
          linked = link.state;
        } else if (push.push !== 'command') take();
      } catch (error) {
        end(trouble('The recording ended', error instanceof Error ? error.message : String(error), 'Look whether the disk is full and the folder writable.'));
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    timers.push(
      setInterval(() => {
        try {
          tape?.flush();
        } catch (error) {
          end(trouble('The recording ended', error instanceof Error ? error.message : String(error), 'Look whether the disk is full.'));
        }
      }, FLUSH_EVERY),
    );
    if (signal.aborted) return stop();
    session.subscribe(hear);
    session.start();
  });
}

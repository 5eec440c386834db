import type { Bulkhead } from './app.svelte.js';

const SPEED = 10;
/** A frame never stands longer than this while it plays, however quiet the host was. */
const LONGEST = 1500;
const SHORTEST = 60;

/** Plays an opened recording at ten times, or step by step. */
export class Player {
  playing = $state(false);
  readonly #app: Bulkhead;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: Bulkhead) {
    this.#app = app;
  }

  get #recording(): { readonly frames: readonly string[]; readonly at: number } | null {
    const { link } = this.#app.session;
    return link.state === 'recording' ? link : null;
  }

  seek(frame: number): void {
    const recording = this.#recording;
    if (recording === null) return;
    void this.#app.session.ask('seek', { frame: Math.min(recording.frames.length - 1, Math.max(0, frame)) });
  }

  step(by: number): void {
    this.stop();
    const recording = this.#recording;
    if (recording !== null) this.seek(recording.at + by);
  }

  toggle(): void {
    if (this.playing) return this.stop();
    const recording = this.#recording;
    if (recording === null) return;
    this.playing = true;
    if (recording.at >= recording.frames.length - 1) this.seek(0);
    this.#next();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.playing = false;
  }

  #next(): void {
    const recording = this.#recording;
    if (recording === null || recording.at >= recording.frames.length - 1) return this.stop();
    const gap = Date.parse(recording.frames[recording.at + 1] ?? '') - Date.parse(recording.frames[recording.at] ?? '');
    this.#timer = setTimeout(() => {
      if (!this.playing) return;
      void this.#app.session.ask('seek', { frame: recording.at + 1 }).then(() => this.#next());
    }, Math.min(LONGEST, Math.max(SHORTEST, gap / SPEED)));
  }
}

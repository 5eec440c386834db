import { applyDelta } from '../../src/core/delta.js';
import type { Link, Moment, Picture, Push } from '../../src/contract/contract.js';
import { Session, type SessionOptions } from '../../src/node/session/session.js';
import { STANDARD_PARTS } from '../../src/node/session/standard.js';

/** A session with somebody who listens as a window does: it keeps its own picture from what is pushed. */
export class Listener {
  readonly session: Session;
  readonly links: Link[] = [];
  readonly moments: Moment[] = [];
  /** How many pictures and deltas came that changed the snapshot. */
  snapshots = 0;
  picture: Picture | null = null;
  seq = 0;
  /** A delta that did not follow on. */
  gap = false;
  #waiting: (() => void)[] = [];

  constructor(options: Partial<SessionOptions> & { readonly host: string }) {
    this.session = new Session({ parts: STANDARD_PARTS, version: '0', shell: 'browser', ...options });
    this.session.subscribe((push) => this.#hear(push));
    this.session.start();
  }

  get link(): Link | undefined {
    return this.links.at(-1);
  }

  container(name: string) {
    return this.picture?.snapshot.containers.find((c) => c.name === name);
  }

  /** Resolves when what is asked becomes true; rejects with what it was waiting for after the deadline. */
  async until(what: string, ask: () => boolean, deadlineMs = 60_000): Promise<void> {
    const end = Date.now() + deadlineMs;
    while (!ask()) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`waited ${deadlineMs} ms for: ${what}. Link: ${JSON.stringify(this.link)}`);
      await new Promise<void>((wake) => {
        const timer = setTimeout(wake, Math.min(left, 500));
        this.#waiting.push(() => {
          clearTimeout(timer);
          wake();
        });
      });
    }
  }

  close(): void {
    this.session.close();
  }

  #hear(push: Push): void {
    if (push.push === 'link') this.links.push(push.link);
    if (push.push === 'picture') {
      this.picture = push.picture;
      this.seq = push.seq;
      this.snapshots += 1;
    }
    if (push.push === 'delta' && this.picture !== null) {
      if (push.seq !== this.seq + 1) this.gap = true;
      this.seq = push.seq;
      const { delta } = push;
      this.moments.push(...delta.newMoments);
      if (delta.snapshot !== null) this.snapshots += 1;
      this.picture = {
        ...this.picture,
        snapshot: delta.snapshot === null ? this.picture.snapshot : applyDelta(this.picture.snapshot, delta.snapshot),
        judgement: delta.judgement ?? this.picture.judgement,
        findings: delta.findings ?? this.picture.findings,
        alarms: delta.alarms ?? this.picture.alarms,
        moments: [...this.picture.moments, ...delta.newMoments],
        denied: delta.denied ?? this.picture.denied,
        elevation: delta.elevation ?? this.picture.elevation,
      };
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

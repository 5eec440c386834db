import type { Link, Moment, Trouble } from '../../contract/contract.js';
import type { Snapshot } from '../../core/model/index.js';
import { connect } from '../collect/connect.js';
import type { Door } from '../collect/engine/door.js';
import { NotUnderstood } from '../collect/engine/engine.js';
import { Deadline, NoEngine, noEngine, type Attempt } from '../collect/engine/failure.js';
import type { HostChoice } from '../collect/engine/hosts.js';
import type { KernelReaders, Tables } from '../collect/parts.js';
import type { Reader } from '../collect/reader.js';
import { Connection } from './connection.js';
import type { Cause } from './decides.js';
import { SPAN_MS } from './moments.js';
import { backoffMs } from './pace.js';

export interface LiveOptions {
  readonly choice: HostChoice;
  readonly readers: (door: Door) => KernelReaders | null;
  readonly pollMs: number;
  readonly heartbeatMs?: number | undefined;
  readonly heartbeatDeadlineMs?: number | undefined;
  /** Whether what the engine remembers is told at the first connection (the default). */
  readonly past?: boolean | undefined;
  readonly onLink: (link: Link) => void;
  readonly onSnapshot: (snapshot: Snapshot, cause: Cause) => void;
  readonly onMoments: (moments: readonly Moment[]) => void;
  readonly onTables: (tables: Tables, snapshot: Snapshot, settled: boolean) => boolean;
}

/** While nothing was ever reached, an engine that appears should be seen soon. */
const LONGEST_FIRST_WAIT_MS = 4_000;
/** A connection that held so long was a good one: the backoff starts anew. */
const HELD_MS = 5_000;
const PROGRESS_EVERY_MS = 100;

/** Keeps a picture of an engine up to date for as long as it lives, across its restarts. Nobody waits for the engine but this. */
export class Live {
  #closed = false;
  #connection: Connection | null = null;
  #pollMs: number;
  #wake: () => void = () => undefined;
  #seen = false;
  #reachedAt = '';
  #endpoint = '';
  #choice: HostChoice;
  /** Another engine was chosen: what is under way ends, and nothing is reported of it. */
  #turned = false;
  #running = false;

  constructor(private readonly options: LiveOptions) {
    this.#pollMs = options.pollMs;
    this.#choice = options.choice;
  }

  /** The reader of the connection that holds, if one does. */
  get reader(): Reader | null {
    return this.#connection?.reader ?? null;
  }

  /** Whether a connection holds and its picture has all that the engine announced, read in depth. */
  get settled(): boolean {
    return this.#connection?.settled ?? false;
  }

  /** Begins; returns at once. */
  start(): void {
    this.#begin();
    this.#running = true;
    void this.#run();
  }

  #begin(): void {
    const { host, context, env = process.env } = this.#choice;
    this.#endpoint = host ?? context ?? env['DOCKER_HOST'] ?? '';
    this.options.onLink({ state: 'connecting', endpoint: this.#endpoint, since: new Date().toISOString(), read: 0, total: null });
  }

  /** The endpoint that is asked now. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** Leaves the engine that is asked now for another. */
  use(choice: Pick<HostChoice, 'host' | 'context'>): void {
    this.#choice = { ...this.options.choice, host: choice.host, context: choice.context };
    this.#seen = false;
    if (!this.#running) return this.start();
    this.#turned = true;
    this.#begin();
    this.#connection?.close();
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#connection?.close();
    this.#wake();
  }

  /** Ends a wait for the next attempt. */
  tryNow(): void {
    this.#wake();
  }

  setPoll(ms: number): void {
    this.#pollMs = ms;
    this.#connection?.setPoll(ms);
  }

  /** Reads everything anew, with the readers that `readers` now gives. */
  reread(): void {
    this.#connection?.reread();
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt++) {
      const started = Date.now();
      let held = false;
      const error = await this.#connect(() => { held = true; }).catch((e: unknown) => e);
      if (this.#closed) return;
      if (this.#turned) {
        this.#turned = false;
        attempt = -1;
        continue;
      }
      if (held && Date.now() - started > HELD_MS) attempt = 0;
      const wait = this.#seen ? backoffMs(attempt) : Math.min(LONGEST_FIRST_WAIT_MS, backoffMs(attempt));
      this.#report(error, wait);
      await this.#wait(wait);
      // What was chosen while waiting is what the next attempt asks.
      this.#turned = false;
    }
  }

  async #connect(onReady: () => void): Promise<void> {
    const { options } = this;
    const door = await connect(this.#choice);
    if (this.#closed || this.#turned) return door.close();
    this.#endpoint = door.endpoint;
    const since = new Date().toISOString();
    // Where the past is no news, what happened while the engine was lost still is.
    const pastFrom = options.past !== false ? Date.now() - SPAN_MS : this.#seen ? Date.parse(this.#reachedAt) : null;
    let told = 0;
    const connection = new Connection({
      door,
      readers: () => options.readers(door),
      pollMs: this.#pollMs,
      heartbeatMs: options.heartbeatMs ?? 10_000,
      heartbeatDeadlineMs: options.heartbeatDeadlineMs ?? 5_000,
      pastFrom,
      onProgress: (read, total) => {
        if (this.#seen || (Date.now() - told < PROGRESS_EVERY_MS && read < total)) return;
        told = Date.now();
        options.onLink({ state: 'connecting', endpoint: door.endpoint, since, read, total });
      },
      onReady: () => {
        onReady();
        options.onLink({ state: 'live', endpoint: door.endpoint, since: new Date().toISOString() });
      },
      onSnapshot: (snapshot, cause) => {
        if (this.#turned) return;
        this.#seen = true;
        this.#reachedAt = snapshot.takenAt;
        options.onSnapshot(snapshot, cause);
      },
      onMoments: options.onMoments,
      onTables: options.onTables,
    });
    this.#connection = connection;
    try {
      await connection.run();
    } finally {
      this.#connection = null;
    }
  }

  #report(error: unknown, wait: number): void {
    const { tried, trouble } = this.#why(error);
    if (this.#seen) this.options.onLink({ state: 'stale', endpoint: this.#endpoint, since: this.#reachedAt, trouble, nextTryAt: new Date(Date.now() + wait).toISOString() });
    else this.options.onLink({ state: 'example', tried, trouble });
  }

  #why(error: unknown): { readonly tried: readonly Attempt[]; readonly trouble: Trouble } {
    if (error instanceof NoEngine) return { tried: error.tried, trouble: error.trouble };
    const text = error instanceof Error ? error.message : 'the connection ended';
    const silent = error instanceof Deadline;
    const tried: readonly Attempt[] = [
      { endpoint: this.#endpoint, failure: silent ? 'silent' : 'refused', text: silent ? `${this.#endpoint} takes connections and gives ${text}` : text },
    ];
    if (error instanceof NotUnderstood) {
      return { tried, trouble: { what: 'The engine was not understood', why: text, todo: 'Use an engine of version 20.10 or later.', command: '' } };
    }
    const { trouble } = noEngine(tried, true);
    const what = silent ? 'The engine does not answer' : 'The engine is gone';
    return { tried, trouble: { ...trouble, what, why: silent ? text : `its connection ended (${text})` } };
  }

  #wait(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

import type { Moment } from '../../contract/contract.js';
import type { Snapshot } from '../../core/model/index.js';
import type { Door } from '../collect/engine/door.js';
import { openEvents, readHistory, type EngineEvent } from '../collect/engine/events.js';
import type { KernelReaders, Tables } from '../collect/parts.js';
import { Reader } from '../collect/reader.js';
import type { Cause } from './decides.js';
import { lookup, momentOfEvent } from './moments.js';
import { Pace } from './pace.js';
import { Rounds } from './rounds.js';
import { Gathered, touchOf } from './touch.js';

export interface ConnectionOptions {
  readonly door: Door;
  readonly readers: () => KernelReaders | null;
  readonly pollMs: number;
  /** How often a silent engine is asked whether it is there, and how long it may take to answer. */
  readonly heartbeatMs: number;
  readonly heartbeatDeadlineMs: number;
  /** From when on (ms since 1970) the engine is asked for what it remembers; null: not at all. */
  readonly pastFrom: number | null;
  readonly onProgress: (read: number, total: number) => void;
  /** The first whole picture was read, and events are heard from now on. */
  readonly onReady: () => void;
  readonly onSnapshot: (snapshot: Snapshot, cause: Cause) => void;
  readonly onMoments: (moments: readonly Moment[]) => void;
  /** The neighbour tables as they stand; true where they should be looked at again soon. `settled`: the snapshot has all that the engine announced. */
  readonly onTables: (tables: Tables, snapshot: Snapshot, settled: boolean) => boolean;
}

/** Processes come and go without the engine's knowing; they are looked at once in so many polls. */
export const POLLS_PER_CHECK = 15;
/** The host's links and rules, which take children to ask, are looked at with one in so many of these checks. */
const CHECKS_PER_HOST = 4;
/** While one event follows the other, depth is not put off for longer than this. */
const LONGEST_SHALLOW_MS = 2_000;
/** Net namespaces that are asked by a child in one step. */
const NETS_AT_ONCE = 16;

/** One connection to one engine, from the first picture to its loss. At most one reading is under way at a time. */
export class Connection {
  readonly #stop = new AbortController();
  readonly #lost: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  #readers: KernelReaders | null;
  readonly reader: Reader;
  #ready = false;
  #working = false;
  #gathered = new Gathered();
  readonly #pace = new Pace(Date.now());
  #due: { readonly timer: NodeJS.Timeout; readonly urgent: boolean } | null = null;
  #repeated: NodeJS.Timeout[] = [];
  readonly #rounds: Rounds;
  #pollMs: number;
  #polls = 0;
  /** When last something was read in depth, and when last that was told. */
  #deepAt = 0;
  #deepTold = 0;
  #deepTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ConnectionOptions) {
    this.#readers = options.readers();
    this.#pollMs = options.pollMs;
    this.reader = new Reader(options.door, { readers: this.#readers, progress: options.onProgress });
    this.#rounds = new Rounds({
      readers: () => this.#readers,
      nets: () => this.reader.nets,
      busy: () => this.#working,
      onTables: (tables) => this.#takeTables(tables),
      onError: (error) => this.#fail(error),
    }, options.pollMs);
    this.#lost = new Promise<never>((_, reject) => { this.#fail = reject; });
    this.#lost.catch(() => undefined);
  }

  /** Runs until the connection is lost or closed; always rejects. */
  async run(): Promise<never> {
    const { door, onReady } = this.options;
    try {
      // Events first: what happens while the first picture is read is not missed.
      const heard = openEvents(door, this.#stop.signal, (event) => this.#hear(event), (error) => this.#fail(error ?? new Error('the engine closed its event stream')));
      await Promise.race([heard, this.#lost]);
      await Promise.race([this.#work('whole', () => this.reader.snapshot('quick')), this.#lost]);
      this.#ready = true;
      onReady();
      this.#remember();
      this.#next();
      this.#repeat();
      return await this.#lost;
    } finally {
      this.#stop.abort();
      for (const timer of this.#repeated) clearInterval(timer);
      this.#rounds.stop();
      if (this.#due !== null) clearTimeout(this.#due.timer);
      clearTimeout(this.#deepTimer);
      this.#readers?.close();
      door.close();
    }
  }

  close(): void {
    this.#fail(new Error('closed'));
  }

  /** Whether the picture has all that the engine announced, read in depth. */
  get settled(): boolean {
    return this.#ready && !this.#working && !this.reader.owing && this.#gathered.empty;
  }

  setPoll(ms: number): void {
    this.#pollMs = ms;
    if (this.#repeated.length > 0) this.#repeat();
  }

  /** Reads everything anew with readers of other rights. */
  reread(): void {
    this.#readers?.close();
    this.#readers = this.options.readers();
    this.reader.useReaders(this.#readers);
    if (this.#repeated.length > 0) this.#rounds.start(this.#pollMs);
    this.#gathered.everything = true;
    this.#schedule(true);
  }

  #hear(event: EngineEvent): void {
    const { nameOf, running } = lookup(this.reader.last);
    const moment = momentOfEvent(event, nameOf, running);
    if (moment !== null) this.options.onMoments([moment]);
    const touch = touchOf(event);
    if (touch === null) return;
    this.#gathered.add(touch);
    this.#schedule(touch.urgent);
  }

  /** What the engine remembers, for the time strip. */
  #remember(): void {
    const { pastFrom } = this.options;
    if (pastFrom === null) return;
    void readHistory(this.options.door, this.#stop.signal, pastFrom).then(
      (events) => {
        const { nameOf } = lookup(this.reader.last);
        this.options.onMoments(events.flatMap((event) => momentOfEvent(event, nameOf, () => false) ?? []));
      },
      () => undefined,
    );
  }

  #schedule(urgent: boolean): void {
    if (!this.#ready || this.#working || (this.#due !== null && (this.#due.urgent || !urgent))) return;
    if (this.#due !== null) clearTimeout(this.#due.timer);
    const timer = setTimeout(() => this.#flush(), this.#pace.delay(Date.now(), urgent));
    this.#due = { timer, urgent };
  }

  #flush(): void {
    this.#due = null;
    if (this.#working || this.#gathered.empty || this.#stop.signal.aborted) return;
    this.#pace.spend(Date.now());
    const touched = this.#gathered;
    this.#gathered = new Gathered();
    if (touched.everything) return void this.#work('whole', () => this.reader.snapshot());
    // Of what began its first process is shown at once, then what files tell, and what children tell a moment later.
    void this.#work('events', () => this.reader.refresh(touched, 'touched', (begun) => this.#publish(begun, 'events', null)));
  }

  #deepen(): void {
    void this.#work('check', () => this.reader.deepen(NETS_AT_ONCE));
  }

  /** One reading; what goes wrong with the engine ends the connection. */
  async #work(cause: Cause, read: () => Promise<Snapshot | null>): Promise<void> {
    this.#working = true;
    const before = this.reader.last;
    try {
      this.#publish(await read(), cause, before);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#working = false;
      // Counted from its end: where one step takes long, events that came meanwhile still go before the next.
      if (cause === 'check') this.#deepAt = Date.now();
      this.#next();
    }
  }

  /** What follows a reading: the events that came meanwhile, or the depth that is owed; in a storm it waits. */
  #next(): void {
    if (!this.#ready || this.#stop.signal.aborted) return;
    const now = Date.now();
    const overdue = this.reader.owing && now - this.#deepAt > LONGEST_SHALLOW_MS;
    if (!this.#gathered.empty && !overdue) return this.#schedule(true);
    if (!this.reader.owing) return;
    clearTimeout(this.#deepTimer);
    const wait = this.#pace.calm(now) ? 0 : Math.max(0, this.#deepAt + LONGEST_SHALLOW_MS - now);
    this.#deepTimer = setTimeout(() => {
      if (!this.#working && this.reader.owing) this.#deepen();
    }, wait);
  }

  #publish(snapshot: Snapshot | null, cause: Cause, before: Snapshot | null): void {
    if (snapshot === null || this.#stop.signal.aborted || (snapshot === before && cause !== 'whole')) return;
    // A reading in depth goes by steps, so that events need not wait for it; it is told when it is through, or in a while.
    if (cause === 'check' && this.reader.owing && Date.now() - this.#deepTold < LONGEST_SHALLOW_MS) return;
    if (cause === 'check' || cause === 'whole') this.#deepTold = Date.now();
    this.options.onSnapshot(snapshot, cause);
  }

  #repeat(): void {
    for (const timer of this.#repeated) clearInterval(timer);
    const { door, heartbeatMs } = this.options;
    let asked = door.requests;
    this.#rounds.start(this.#pollMs);
    this.#repeated = [
      setInterval(() => this.#poll(), this.#pollMs),
      setInterval(() => {
        // Whoever has just answered something is there.
        if (door.requests === asked) door.ping(this.options.heartbeatDeadlineMs).then(() => { asked = door.requests; }, this.#fail);
        else asked = door.requests;
      }, heartbeatMs),
    ];
  }

  #poll(): void {
    this.#rounds.tick();
    if (this.#working) return;
    this.#polls += 1;
    if (this.#polls % POLLS_PER_CHECK === 0) void this.#work('check', () => this.reader.recheck(this.#polls % (POLLS_PER_CHECK * CHECKS_PER_HOST) === POLLS_PER_CHECK));
    else void this.#work('use', () => this.reader.poll());
  }

  #takeTables(tables: Tables): boolean {
    const before = this.reader.last;
    // A reading that began meanwhile has newer ones.
    if (!this.#working) this.#publish(this.reader.withTables(tables), 'tables', before);
    return this.reader.last !== null && this.options.onTables(tables, this.reader.last, this.settled);
  }
}

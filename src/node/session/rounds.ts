import type { KernelReaders, NetToRead, Tables } from '../collect/parts.js';

export interface RoundsOptions {
  readonly readers: () => KernelReaders | null;
  readonly nets: () => readonly NetToRead[];
  /** Whether something else reads now, which has newer tables when it is through. */
  readonly busy: () => boolean;
  /** Takes the tables as they stand; true where time alone may change what they tell, so that they should be looked at again soon. */
  readonly onTables: (tables: Tables) => boolean;
  readonly onError: (error: unknown) => void;
}

/** Where events do not tell what moved, tables are read so many times as often as use: a forged entry should not wait, and a read costs 20 µs. */
const TABLES_PER_POLL = 10;
const FASTEST_MS = 100;
/** Events of one thing come together. */
const GATHER_MS = 5;

/**
 * Decides when neighbour tables are looked at. Where the kernel's events tell of each change they are read when one came,
 * and otherwise with the poll of use: whoever waits for an event sleeps. Else they are polled.
 */
export class Rounds {
  #quickMs: number;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #lookedAt = 0;
  #looking = false;
  #restless = false;
  #stopped = false;

  constructor(private readonly options: RoundsOptions, pollMs: number) {
    this.#quickMs = quickOf(pollMs);
  }

  /** Begins, again where readers or rate are others: they are asked at once, and tell from now on. */
  start(pollMs: number): void {
    this.#quickMs = quickOf(pollMs);
    this.options.readers()?.onMoved?.(() => this.#soon(GATHER_MS));
    this.#soon(0);
  }

  /** The poll of use has come. */
  tick(): void {
    this.#soon(0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks in so many ms, or earlier where that was planned; never sooner after the last time than a poll would come. */
  #soon(ms: number): void {
    if (this.#stopped) return;
    const at = Math.max(performance.now() + ms, this.#lookedAt + this.#quickMs);
    if (at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => void this.#look(), at - performance.now());
  }

  async #look(): Promise<void> {
    this.#dueAt = Number.POSITIVE_INFINITY;
    if (this.#looking) return;
    this.#looking = true;
    const readers = this.options.readers();
    this.#lookedAt = performance.now();
    let skipped = this.options.busy();
    try {
      if (!skipped && readers !== null) {
        const tables = await readers.tables(this.options.nets());
        if (this.#stopped) return;
        this.#restless = this.options.onTables(tables);
      }
    } catch (error) {
      skipped = false;
      this.options.onError(error);
    }
    this.#looking = false;
    if (readers !== null && (skipped || this.#restless || readers.hears?.(this.options.nets()) !== true)) this.#soon(0);
  }
}

const quickOf = (pollMs: number): number => Math.max(FASTEST_MS, pollMs / TABLES_PER_POLL);

/** How long events gather before they are read: an urgent one hardly, the rest until a container's start is through. */
const URGENT_MS = 1;
const GATHER_MS = 500;
/** So many snapshots at once, and then so many a second: a storm of starts is told in steps. */
const BURST = 8;
const PER_SECOND = 1.5;

/** Decides when the next reading may begin. Time is handed in. */
export class Pace {
  #tokens = BURST;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  /** Milliseconds from now until what has been gathered should be read. */
  delay(now: number, urgent: boolean): number {
    this.#refill(now);
    const wanted = urgent ? URGENT_MS : GATHER_MS;
    if (this.#tokens >= 1) return wanted;
    return Math.max(wanted, ((1 - this.#tokens) / PER_SECOND) * 1000);
  }

  /** Whether few readings were made lately, so that one more may follow at once. */
  calm(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= BURST / 2;
  }

  /** A reading begins. */
  spend(now: number): void {
    this.#refill(now);
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  #refill(now: number): void {
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
  }
}

/** Seconds between attempts: 1, 2, 4 … 30. */
export function backoffMs(attempt: number): number {
  return Math.min(30, 2 ** Math.min(attempt, 10)) * 1000;
}

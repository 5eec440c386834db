/** One benchmark: a module `test/bench/<name>.bench.ts` exports it as `bench`. */
export interface Bench {
  readonly name: string;
  readonly unit: 'ms' | 'MB' | '%' | 'ratio' | 'KB' | 's';
  /** What is promised: of our median, our p95, or of the ratio of the medians to the peer's. */
  readonly bound: { readonly of: 'median' | 'p95' | 'ratio'; readonly atMost: number };
  /** What it needs beside Node, for a machine that lacks it: `root`, `docker`, `chromium`, `build`, `qemu`. */
  readonly needs: readonly string[];
  /** Samples in the unit. Peer and ours are measured in turn, within one run. */
  run(): Promise<Samples>;
}

export interface Samples {
  readonly ours: readonly number[];
  readonly peer: { readonly name: string; readonly samples: readonly number[] } | null;
}

/** What bench-results.json tells of a series. */
export interface Summary {
  readonly median: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

const round = (n: number) => Math.round(n * 1000) / 1000;

/** The value below which a share of the samples lies, by the nearest rank. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function summarize(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length % 2 === 1 ? quantile(sorted, 0.5) : ((sorted[sorted.length / 2 - 1] ?? Number.NaN) + (sorted[sorted.length / 2] ?? Number.NaN)) / 2;
  return { median: round(middle), p95: round(quantile(sorted, 0.95)), min: round(sorted[0] ?? Number.NaN), max: round(sorted.at(-1) ?? Number.NaN), runs: samples.length };
}

/** Measures two things in turn, so that what else the machine does falls on both alike. The first rounds warm up and do not count. */
export async function inTurn(rounds: number, warm: number, ours: () => Promise<number>, peer: () => Promise<number>): Promise<{ readonly ours: number[]; readonly peer: number[] }> {
  const samples = { ours: [] as number[], peer: [] as number[] };
  for (let n = 0; n < rounds + warm; n++) {
    const [b, a] = [await peer(), await ours()];
    if (n < warm) continue;
    samples.ours.push(a);
    samples.peer.push(b);
  }
  return samples;
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

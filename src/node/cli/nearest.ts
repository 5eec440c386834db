/** How many single changes (one letter more, less or another, two swapped) make one word of another. */
function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 0; j <= b.length; j += 1) (rows[0] as number[])[j] = j;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const at = (x: number, y: number): number => rows[x]?.[y] ?? Infinity;
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      (rows[i] as number[])[j] = best;
    }
  }
  return rows[a.length]?.[b.length] ?? Infinity;
}

/** ` Did you mean X?` for the word that comes nearest, if one is near; else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const asked = word.toLowerCase().slice(0, 64);
  let best: readonly [number, string] | null = null;
  for (const k of known) {
    const d = distance(asked, k.toLowerCase());
    if (!best || d < best[0]) best = [d, k];
  }
  return best && best[0] <= Math.max(1, Math.floor(best[1].length * 0.4)) ? ` Did you mean ${best[1]}?` : '';
}

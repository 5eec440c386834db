/** Orders names as people count: `api-2` before `api-10`. Deterministic, the same on every machine. */
export function byNature(a: string, b: string): number {
  const parts = /(\d+)/;
  const [x, y] = [a.split(parts), b.split(parts)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p, q] = [x[i] ?? '', y[i] ?? ''];
    if (p === q) continue;
    if (i % 2 === 1 && Number(p) !== Number(q)) return Number(p) - Number(q);
    return p < q ? -1 : 1;
  }
  return x.length - y.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** What a workload is called: its name, or the beginning of its id where it has none that can be seen. */
export function calledName(w: { readonly id: string; readonly name: string }): string {
  return w.name.trim() === '' ? w.id.slice(0, 12) : w.name;
}

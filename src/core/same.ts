type Plain = Readonly<Record<string, unknown>>;

/** Whether two plain values say the same. Of readings the fact counts, not where it was read: a path names a pid, and a pid is no fact. */
export function sameFacts(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Number.isNaN(a) && Number.isNaN(b);
  if (Array.isArray(a)) return Array.isArray(b) && sameList(a, b);
  if (Array.isArray(b)) return false;
  const x = a as Plain;
  const y = b as Plain;
  let count = 0;
  for (const key in x) {
    count++;
    const value = x[key];
    const other = y[key];
    if (value === other && (value !== undefined || key in y)) continue;
    if (key === 'source' && ('value' in x || 'unknown' in x)) {
      if (typeof other === 'string') continue;
      return false;
    }
    if (!(key in y) || !sameFacts(value, other)) return false;
  }
  for (const key in y) {
    void key;
    count--;
  }
  return count === 0;
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !sameFacts(a[i], b[i])) return false;
  return true;
}

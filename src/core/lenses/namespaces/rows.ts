import type { NsKind } from '../../model/namespaces.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Workload } from '../../model/workload.js';
import type { Party } from '../../facts/shares.js';
import { foldAlike, kinOf, nameOfMany, shortHash } from '../alike.js';
import { COLUMNS, type Picture } from './model.js';

/** What a cell says: the host's, shared (one namespace, one letter), alone, or unread. */
export type Cell =
  | { readonly is: 'host'; readonly hot: boolean; readonly ordinary: boolean }
  | { readonly is: 'shared'; readonly identity: string }
  | { readonly is: 'alone' }
  | { readonly is: 'none' }
  | { readonly is: 'unknown' };

/** One row of the matrix: a party, or many with the same answers. */
export interface MatrixRow {
  readonly id: string;
  readonly name: string;
  readonly parties: readonly Party[];
  readonly cells: Readonly<Record<NsKind, Cell>>;
  /** How many of its eight are the host's. */
  readonly hosts: number;
  readonly band: 'host' | 'sharer' | 'alone' | 'loose';
  readonly inner: boolean;
  readonly head: boolean;
}

function cellsOf(p: Party, picture: Picture): Readonly<Record<NsKind, Cell>> {
  const { sharing, badges } = picture;
  const cell = (k: NsKind): Cell => {
    const at = p.at[k];
    if (at === null) return { is: 'unknown' };
    if (at === 'none') return { is: 'none' };
    if (at === 'host') return { is: 'host', hot: sharing.hot.has(k), ordinary: sharing.ordinary.has(k) };
    return badges.has(at) ? { is: 'shared', identity: at } : { is: 'alone' };
  };
  return Object.fromEntries(COLUMNS.map((k) => [k, cell(k)])) as Record<NsKind, Cell>;
}

const hostsIn = (cells: MatrixRow['cells']): number => COLUMNS.filter((k) => cells[k].is === 'host').length;

function answers(cells: MatrixRow['cells'], p: Party, kin: string): string {
  // How a group was recognised names its own cgroup: that parts nobody from its like.
  return `${COLUMNS.map((k) => {
    const c = cells[k];
    return c.is === 'shared' ? c.identity : c.is;
  }).join(' ')} ${p.kind} ${kin} ${p.kind === 'group' ? p.about : p.how}`;
}

/** Host first, then who shares, then the rest; the same answers of the same image or service are one row where there are `many`. */
export function matrixRows(picture: Picture, s: Snapshot, opened: readonly string[], many: boolean): readonly MatrixRow[] {
  const workload = new Map<string, Workload>([...s.containers, ...s.groups].map((w) => [w.id, w]));
  const row = (p: Party, band: MatrixRow['band']): MatrixRow => {
    const cells = cellsOf(p, picture);
    return { id: `row:${p.id}`, name: p.name, parties: [p], cells, hosts: hostsIn(cells), band, inner: false, head: false };
  };
  const kin = (p: Party): string => {
    const w = workload.get(p.id);
    return w ? kinOf(w) : p.name;
  };
  const band = (parties: readonly Party[], name: MatrixRow['band']): MatrixRow[] =>
    foldAlike(parties.map((p) => row(p, name)), (r) => answers(r.cells, r.parties[0] as Party, kin(r.parties[0] as Party)), many ? 0 : Infinity).flatMap((f): MatrixRow[] => {
      const first = f.members[0] as MatrixRow;
      if (f.members.length === 1) return [first];
      const parties_ = f.members.flatMap((m) => m.parties);
      const fold: MatrixRow = { ...first, id: `fold:ns:${shortHash(f.key)}`, name: nameOfMany(parties_.flatMap((p) => workload.get(p.id) ?? [])), parties: parties_ };
      if (!opened.includes(fold.id)) return [fold];
      return [{ ...fold, head: true }, ...f.members.map((m) => ({ ...m, inner: true }))];
    });
  return [row(picture.host, 'host'), ...band(picture.sharers.flat(), 'sharer'), ...band(picture.alone, 'alone'), ...band(picture.loose, 'loose')];
}

/** A stretch of one column in which all rows are in the same namespace. */
export interface Block {
  readonly kind: NsKind;
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly cell: Cell;
}

function keyOf(c: Cell): string | null {
  return c.is === 'host' ? 'host' : c.is === 'shared' ? c.identity : null;
}

/** The blocks of all columns, from the top. A fold's head breaks none. */
export function blocksOf(rows: readonly MatrixRow[]): readonly Block[] {
  const out: Block[] = [];
  for (const kind of COLUMNS) {
    let open: { key: string; from: number; cell: Cell } | null = null;
    rows.forEach((r, i) => {
      const cell = r.cells[kind];
      const key = keyOf(cell);
      if (open && open.key === key) return;
      if (open) out.push({ kind, key: open.key, from: open.from, to: i - 1, cell: open.cell });
      open = key === null ? null : { key, from: i, cell };
    });
    const last = open as { key: string; from: number; cell: Cell } | null;
    if (last) out.push({ kind, key: last.key, from: last.from, to: rows.length - 1, cell: last.cell });
  }
  return out;
}

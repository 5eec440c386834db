import type { Item } from '../scene/scene.js';
import { THEMES } from '../scene/theme.js';
import { actors, clusters, links, oneLine, signed, type Sheet } from './sheet.js';

/** More than this, and nobody reads it; Mermaid itself ends at 500 edges and 50,000 characters. */
const MOST_NODES = 60;
const MOST_EDGES = 120;
const MOST_LABEL = 60;
const WORST_FIRST: readonly Item['state'][] = ['risk', 'mind', 'unknown', 'none', 'fine'];

/** A label in quotation marks; what Mermaid or HTML would read as more than text goes in as a number. */
function label(text: string): string {
  const shown = oneLine(text, MOST_LABEL).trim();
  return `"${[...(shown === '' ? '(no name)' : shown)].map((c) => (/[\p{L}\p{N} .,:/_+()=@%'’–-]/u.test(c) ? c : `#${c.codePointAt(0)};`)).join('')}"`;
}

/** A comment: no name in it can become a directive. */
function comment(text: string): string {
  return `%% ${oneLine(text, 300).replace(/[%{}]/gu, ' ')}`;
}

/** What is left out, in words: `3 cards and 12 rows`. */
function leftOut(items: readonly Item[]): string {
  const counts = new Map<string, number>();
  for (const i of items) counts.set(i.role, (counts.get(i.role) ?? 0) + Math.max(1, i.members.length));
  return [...counts].map(([role, n]) => `${n} in ${role}s`).join(', ');
}

/**
 * A Mermaid flowchart for a page of Markdown: clusters, at most 60 nodes, worst first, and what was left out said at its foot
 * and in a comment. Deterministic.
 */
export function mermaidText(sheet: Sheet): string {
  const { scene } = sheet;
  const palette = THEMES[sheet.theme];
  const all = actors(scene).filter((n) => n.role !== 'hull' || scene.lens === 'namespaces');
  const groups = clusters(scene, all);
  const heads = all.filter((n) => groups.has(n.id));
  const rest = all.filter((n) => !groups.has(n.id)).sort((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) || a.order - b.order);
  const kept = [...heads, ...rest].slice(0, Math.max(MOST_NODES, 1));
  const keptIds = new Set(kept.map((n) => n.id));
  const gone = all.filter((n) => !keptIds.has(n.id));
  const edges = links(scene, kept);
  const shownEdges = edges.slice(0, MOST_EDGES);
  const number = new Map(kept.map((n, i) => [n.id, `n${i}`]));
  const node = (n: Item): string => {
    const many = n.members.length > 1 && n.role !== 'bus' && n.role !== 'hull' ? ` x${n.members.length}` : '';
    const text = label(`${n.state === 'risk' ? '▲ ' : n.state === 'mind' ? '◆ ' : n.state === 'unknown' ? '? ' : ''}${signed(sheet, n, n.label.trim() === '' ? '(no name)' : n.label)}${many && !n.label.includes(many.trim()) ? many : ''}`);
    const id = number.get(n.id) ?? 'n';
    return `${n.role === 'bus' || n.role === 'hull' ? `${id}[[${text}]]` : `${id}(${text})`}${n.state === 'none' ? '' : `:::${n.state}`}`;
  };
  const inGroup = new Set([...groups].flatMap(([head, members]) => [head, ...members.map((m) => m.id)]));
  const out = [
    comment(`${scene.title}. ${scene.summary}`),
    comment(sheet.stamp),
    ...(gone.length > 0 ? [`%% Left out for the sake of the reader: ${leftOut(gone)}.`] : []),
    ...(edges.length > shownEdges.length ? [`%% Left out as well: ${edges.length - shownEdges.length} of ${edges.length} lines.`] : []),
    'flowchart TB',
    ...[...groups].flatMap(([head, members], i) => {
      const top = all.find((n) => n.id === head);
      const inside = [top, ...members].filter((n): n is Item => n !== undefined && keptIds.has(n.id));
      return inside.length === 0 || !top ? [] : [`  subgraph s${i}[${label(top.detail === '' ? top.label : `${top.label} ${top.detail.split(';')[1] ?? ''}`.trim())}]`, ...inside.map((n) => `    ${node(n)}`), '  end'];
    }),
    ...kept.filter((n) => !inGroup.has(n.id)).map((n) => `  ${node(n)}`),
    ...(gone.length > 0 ? [`  more[${label(`and ${gone.length} more, left out`)}]:::unknown`] : []),
    ...shownEdges.map((e) => `  ${number.get(e.from)} ${e.kind === 'traffic' || e.kind === 'entered' ? '-.-' : e.kind === 'shares' || e.kind === 'reach' ? '===' : '---'}${e.label === '' ? '' : `|${label(e.label)}|`} ${number.get(e.to)}`),
    `  classDef risk stroke:${palette.risk},stroke-width:2px`,
    `  classDef mind stroke:${palette.warn},stroke-width:2px`,
    `  classDef fine stroke:${palette.fine}`,
    `  classDef unknown stroke-dasharray:2 3`,
  ];
  return `${out.join('\n')}\n`;
}

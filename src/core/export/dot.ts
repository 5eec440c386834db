import { THEMES } from '../scene/theme.js';
import type { Item } from '../scene/scene.js';
import { actors, clusters, linesOf, links, oneLine, signed, type Sheet } from './sheet.js';

/** A quoted string of the DOT language: the quote and the backslash are all that it takes out of a name. */
function quoted(text: string): string {
  return `"${text.replace(/\\/gu, '\\\\').replace(/"/gu, '\\"').replace(/\n/gu, '\\n')}"`;
}

const inch = (n: number): string => String(Math.round((n / 72) * 1000) / 1000);
const point = (n: number): string => String(Math.round(n * 100) / 100);

function attributes(of: Readonly<Record<string, string | number | undefined>>): string {
  const parts = Object.entries(of).flatMap(([k, v]) => (v === undefined ? [] : [`${k}=${typeof v === 'number' ? v : quoted(v)}`]));
  return `[${parts.join(', ')}]`;
}

/**
 * Graphviz's DOT, with clusters as on the screen. Positions are the screen's and are pinned: `neato -n` draws it so, `dot` in its
 * own way. Deterministic.
 */
export function dotText(sheet: Sheet): string {
  const { scene } = sheet;
  const palette = THEMES[sheet.theme];
  // A hull is a frame around others; as a node it would cover them.
  const nodes = actors(scene).filter((n) => n.role !== 'hull' || scene.lens === 'namespaces');
  const groups = clusters(scene, nodes);
  const inGroup = new Set([...groups].flatMap(([head, members]) => [head, ...members.map((m) => m.id)]));
  const node = (n: Item): string => {
    const bus = n.role === 'bus';
    return `${quoted(n.id)} ${attributes({
      label: bus ? oneLine(n.label) : signed(sheet, n, linesOf(n).map((l) => oneLine(l)).join('\n')),
      tooltip: oneLine(`${n.label}: ${n.detail}`),
      pos: `${point(n.box.x + n.box.w / 2)},${point(-(n.box.y + n.box.h / 2))}!`,
      width: inch(n.box.w), height: inch(Math.max(n.box.h, 8)),
      shape: 'box',
      style: [n.role === 'card' || n.role === 'stack' ? 'rounded' : '', 'filled', n.state === 'unknown' ? 'dotted' : ''].filter((s) => s !== '').join(','),
      color: n.state === 'risk' ? palette.risk : n.state === 'mind' ? palette.warn : bus ? palette.ink : palette.line,
      fillcolor: n.role === 'hull' ? palette.ground : n.state === 'risk' ? palette.riskTint : palette.raised,
      fontcolor: palette.ink,
      class: `${n.role} ${n.state}`,
    })};`;
  };
  const style: Readonly<Record<string, string>> = { plug: 'solid', shares: 'bold', child: 'solid', traffic: 'dashed', entered: 'dashed', reach: 'bold' };
  const lines = [
    `graph ${quoted(`bulkhead ${scene.lens}`)} {`,
    `  graph ${attributes({ label: [scene.title, scene.summary, sheet.stamp].map((l) => oneLine(l)).join('\n'), labelloc: 't', bgcolor: palette.ground, fontcolor: palette.ink, fontname: 'IBM Plex Sans, sans-serif', overlap: 'true', splines: 'true', outputorder: 'edgesfirst' })};`,
    `  node ${attributes({ fontname: 'IBM Plex Sans, sans-serif', fontsize: 10, fixedsize: 'false' })};`,
    `  edge ${attributes({ fontname: 'IBM Plex Sans, sans-serif', fontsize: 9, color: palette.drop, fontcolor: palette.muted })};`,
    ...[...groups].flatMap(([head, members], i) => {
      const top = nodes.find((n) => n.id === head);
      return top
        ? [`  subgraph ${quoted(`cluster_${i}`)} {`, `    label=${quoted(oneLine(top.label))}; tooltip=${quoted(oneLine(top.detail))}; color=${quoted(palette.line)}; fontcolor=${quoted(palette.ink)};`, ...[top, ...members].map((n) => `    ${node(n)}`), '  }']
        : [];
    }),
    ...nodes.filter((n) => !inGroup.has(n.id)).map((n) => `  ${node(n)}`),
    ...links(scene, nodes).map((e) => `  ${quoted(e.from)} -- ${quoted(e.to)} ${attributes({ label: e.label === '' ? undefined : oneLine(e.label), style: style[e.kind], color: e.kind === 'reach' ? palette.risk : undefined, class: e.kind })};`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

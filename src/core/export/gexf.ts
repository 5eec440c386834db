import { el, escapeXml } from '../paint/xml.js';
import type { Item } from '../scene/scene.js';
import { channels, THEMES, type Palette } from '../scene/theme.js';
import { actors, links, type Sheet } from './sheet.js';

const ATTRIBUTES = ['detail', 'role', 'state', 'subject', 'members'] as const;
const round = (n: number): string => String(Math.round(n * 100) / 100);

function colour(n: Item, palette: Palette): string {
  const [r, g, b] = channels(n.state === 'risk' ? palette.risk : n.state === 'mind' ? palette.warn : n.state === 'fine' ? palette.fine : n.role === 'bus' ? palette.ink : palette.drop);
  const byte = (c: number): number => Math.round(c * 255);
  return el('viz:color', { r: byte(r), g: byte(g), b: byte(b) });
}

/** GEXF 1.2 (gexf.net), which readers know, for Gephi: nodes with place, size and colour of the screen. The y axis points up there. Deterministic. */
export function gexfText(sheet: Sheet): string {
  const palette = THEMES[sheet.theme];
  const nodes = actors(sheet.scene);
  const ids = new Map(nodes.map((n, i) => [n.id, `n${i}`]));
  const value = (n: Item): readonly string[] => [n.detail, n.role, n.state, n.subject ? `${n.subject.kind}:${n.subject.id}` : '', String(n.members.length)];
  const node = (n: Item): string =>
    el('node', { id: ids.get(n.id), label: n.label }, [
      el('attvalues', {}, value(n).map((v, i) => el('attvalue', { for: String(i), value: v }))),
      colour(n, palette),
      el('viz:position', { x: round(n.box.x + n.box.w / 2), y: round(-(n.box.y + n.box.h / 2)), z: '0' }),
      el('viz:size', { value: round(Math.max(1, Math.sqrt(n.box.w * n.box.h) / 4)) }),
    ]);
  const edges = links(sheet.scene, nodes);
  const root = el('gexf', { xmlns: 'http://www.gexf.net/1.2draft', 'xmlns:viz': 'http://www.gexf.net/1.2draft/viz', 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:schemaLocation': 'http://www.gexf.net/1.2draft http://www.gexf.net/1.2draft/gexf.xsd', version: '1.2' }, [
    '\n',
    el('meta', { lastmodifieddate: sheet.snapshot.takenAt.slice(0, 10) }, [el('creator', {}, 'Bulkhead'), el('description', {}, escapeXml(`${sheet.scene.title}. ${sheet.scene.summary} ${sheet.stamp}`))]), '\n',
    el('graph', { defaultedgetype: 'undirected', mode: 'static' }, [
      '\n',
      el('attributes', { class: 'node' }, ATTRIBUTES.map((title, i) => el('attribute', { id: String(i), title, type: title === 'members' ? 'integer' : 'string' }))), '\n',
      el('nodes', {}, ['\n', ...nodes.map((n) => `${node(n)}\n`)]), '\n',
      edges.length === 0 ? '' : `${el('edges', {}, ['\n', ...edges.map((e, i) => `${el('edge', { id: String(i), source: ids.get(e.from), target: ids.get(e.to), label: e.label === '' ? e.kind : e.label })}\n`)])}\n`,
    ]),
    '\n',
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

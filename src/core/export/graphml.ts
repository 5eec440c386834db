import { el, escapeXml } from '../paint/xml.js';
import type { Item } from '../scene/scene.js';
import { actors, links, type Sheet } from './sheet.js';

const NODE_KEYS = [['label', 'string'], ['detail', 'string'], ['role', 'string'], ['state', 'string'], ['subject', 'string'], ['members', 'int'], ['x', 'double'], ['y', 'double'], ['width', 'double'], ['height', 'double']] as const;
const EDGE_KEYS = [['kind', 'string'], ['edgeLabel', 'string']] as const;

const round = (n: number): string => String(Math.round(n * 100) / 100);
const data = (key: string, value: string): string => el('data', { key }, escapeXml(value));

function node(n: Item, id: string): string {
  const { box } = n;
  return el('node', { id }, [
    data('label', n.label), data('detail', n.detail), data('role', n.role), data('state', n.state), data('subject', n.subject ? `${n.subject.kind}:${n.subject.id}` : ''), data('members', String(n.members.length)),
    data('x', round(box.x + box.w / 2)), data('y', round(box.y + box.h / 2)), data('width', round(box.w)), data('height', round(box.h)),
  ]);
}

/** GraphML 1.0 (graphml.graphdrawing.org): what stands on the screen as nodes with place and state, lines as edges. Deterministic. */
export function graphmlText(sheet: Sheet): string {
  const nodes = actors(sheet.scene);
  const ids = new Map(nodes.map((n, i) => [n.id, `n${i}`]));
  const root = el(
    'graphml',
    { xmlns: 'http://graphml.graphdrawing.org/xmlns', 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:schemaLocation': 'http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd' },
    [
      '\n',
      el('desc', {}, escapeXml(`${sheet.scene.title}. ${sheet.scene.summary} ${sheet.stamp}`)), '\n',
      ...NODE_KEYS.map(([name, type]) => `${el('key', { id: name, for: 'node', 'attr.name': name, 'attr.type': type })}\n`),
      ...EDGE_KEYS.map(([name, type]) => `${el('key', { id: name, for: 'edge', 'attr.name': name === 'edgeLabel' ? 'label' : name, 'attr.type': type })}\n`),
      el('graph', { id: sheet.scene.lens, edgedefault: 'undirected' }, [
        '\n',
        ...nodes.map((n) => `${node(n, ids.get(n.id) ?? '')}\n`),
        ...links(sheet.scene, nodes).map((e, i) => `${el('edge', { id: `e${i}`, source: ids.get(e.from), target: ids.get(e.to) }, [data('kind', e.kind), data('edgeLabel', e.label)])}\n`),
      ]),
      '\n',
    ],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { explain, TECHNIQUES, VERDICTS } from '../reach/index.js';
import type { PairVerdict } from '../reach/types.js';
import type { Snapshot } from '../model/snapshot.js';
import { inspect, type Inspection, type Row } from '../inspect/index.js';
import { pageOf } from '../paint/page.js';
import { toSvg } from '../paint/svg.js';
import { escapeXml } from '../paint/xml.js';
import { THEMES } from '../scene/theme.js';
import type { Item, Scene } from '../scene/scene.js';
import { HTML_SCRIPT } from './html-script.js';
import { oneLine, type Sheet } from './sheet.js';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function base64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += [18, 12, 6, 0].map((shift, j) => (i + j > bytes.length ? '=' : BASE64[(n >> shift) & 63])).join('');
  }
  return out;
}

/** JSON within a script element: nothing in it can end the element or begin a comment. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

type Line = readonly [name: string, value: string, source: string, state: string];

function lines(row: Row): readonly Line[] {
  switch (row.row) {
    case 'fact': return [[row.name, row.value, row.source, row.state]];
    case 'meter': return [[row.name, row.text, row.source, row.state]];
    case 'words': return [['', row.text, '', row.state]];
    case 'link': return [[row.name, row.text, '', row.state]];
    case 'chips': return [['', row.chips.map((c) => c.full).join(', '), '', 'none']];
    case 'remedy': return [[row.text, row.command, row.breaks === '' ? '' : `breaks: ${row.breaks}`, 'none']];
  }
}

function told(i: Inspection): object {
  return { title: i.title, subtitle: i.subtitle, card: i.card ? [i.card.heading, i.card.text, i.card.state] : null, sections: i.sections.map((s) => [s.title, s.rows.flatMap(lines)]) };
}

const SPACE = 3_000;
/** Whole chains are long; more than so many in one file would be most of it. */
const CHAINS = 60;

/** The strongest answer for a pair on a segment, for the first so many that are asked for. */
function chainOf(s: Snapshot): (attacker: string, victim: string, segment: string) => PairVerdict | null {
  let left = CHAINS;
  return (attacker, victim, segment) => {
    if (left <= 0) return null;
    left -= 1;
    const all = explain(s, attacker, victim).filter((v) => v.segment === segment);
    return [...all].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || TECHNIQUES.indexOf(a.technique) - TECHNIQUES.indexOf(b.technique))[0] ?? null;
  };
}

/** What the list twin names: each thing once, and what stands for several; not the parts of what is named already, nor captions. */
function listedOf(scene: Scene): ReadonlySet<Item> {
  const seen = new Set<string>();
  const own = new Set(scene.items.flatMap((i) => i.subject?.id ?? []));
  const once = (i: Item): boolean => {
    const key = `${i.subject?.id ?? ''}\u0000${i.label}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
  const gutters = [...scene.gutters.left, ...scene.gutters.right].filter((i) => i.subject !== null && !own.has(i.subject.id));
  return new Set([...scene.items.filter((i) => i.role !== 'legend' && (i.subject !== null || i.members.length > 0 || (i.role === 'note' && i.state !== 'none'))), ...gutters].filter(once));
}

/**
 * One HTML file that needs nothing else: the picture with pan, zoom, select and inspect by mouse and keyboard, and its list twin.
 * Its policy forbids every request; its one script is named there by its hash. Everything from outside is text. Deterministic.
 */
export function htmlText(sheet: Sheet): string {
  const { scene, snapshot, judgement, findings, alarms } = sheet;
  const palette = THEMES[sheet.theme];
  const page = pageOf(scene, { stamp: sheet.stamp });
  const svg = toSvg(scene, { theme: sheet.theme, overlay: sheet.overlay, stamp: sheet.stamp, fitText: true }).replace(/^<\?xml[^>]*\?>\n/u, '');
  const facts = { snapshot, judgement, findings, alarms, rates: null, explain: chainOf(snapshot) };
  const subjects = new Map<string, object>();
  const listed = listedOf(scene);
  const item = (i: Item, x: number, y: number): object | null => {
    if (i.subject === null && i.label === '') return null;
    const { box } = i;
    if (i.subject !== null && !subjects.has(i.subject.id) && subjects.size < SPACE) {
      const found = inspect(facts, i.subject, scene.lens);
      if (found) subjects.set(i.subject.id, told(found));
    }
    return { box: [box.x + x, box.y + y, box.w, box.h].map((n) => Math.round(n * 10) / 10), label: oneLine(i.label, 400), detail: oneLine(i.detail, 2_000), state: i.state, subject: i.subject?.id ?? null, order: i.order, layer: i.layer, listed: listed.has(i) };
  };
  const items = [
    ...scene.items.filter((i) => i.role !== 'legend').map((i) => item(i, page.world.x, page.world.y)),
    ...scene.gutters.left.map((i) => item(i, 0, page.world.y)),
    ...scene.gutters.right.map((i) => item(i, page.right, page.world.y)),
  ].filter((i) => i !== null);
  const data = scriptJson({ width: page.width, height: page.height, items, subjects: Object.fromEntries(subjects), accent: palette.accent });
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${base64(sha256(utf8ToBytes(HTML_SCRIPT)))}'; base-uri 'none'; form-action 'none'`;
  const css = `
:root { color-scheme: ${sheet.theme}; }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 1fr 360px; height: 100vh; background: ${palette.ground}; color: ${palette.ink}; font: 13px/1.45 'IBM Plex Sans', 'Segoe UI', system-ui, sans-serif; }
#picture { overflow: hidden; position: relative; cursor: grab; touch-action: none; }
#picture:focus-visible, button:focus-visible { outline: 2px solid ${palette.accent}; outline-offset: -2px; }
#picture svg { transform-origin: 0 0; position: absolute; }
#picture svg text { user-select: none; }
aside { border-left: 1px solid ${palette.line}; background: ${palette.paper}; overflow: auto; padding: 16px; }
h1 { font-size: 18px; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 13px; margin: 16px 0 4px; }
p { margin: 2px 0; overflow-wrap: anywhere; } .quiet { color: ${palette.muted}; }
.risk { color: ${palette.risk}; } .mind { color: ${palette.warn}; } .fine { color: ${palette.fine}; }
dl { margin: 0; display: grid; grid-template-columns: fit-content(42%) 1fr; gap: 2px 10px; } dt { color: ${palette.muted}; min-width: 72px; overflow-wrap: anywhere; } dd { margin: 0; overflow-wrap: anywhere; }
dd small { display: block; color: ${palette.muted}; font-family: 'IBM Plex Mono', ui-monospace, monospace; font-size: 10.5px; }
ul { list-style: none; padding: 0; margin: 0; } li button { all: unset; display: block; width: 100%; padding: 2px 4px; cursor: pointer; overflow-wrap: anywhere; } li button:hover { background: ${palette.accentTint}; }
nav { position: absolute; right: 12px; top: 12px; display: flex; gap: 4px; } nav button { font: inherit; min-width: 32px; padding: 2px 8px; color: ${palette.ink}; background: ${palette.raised}; border: 1px solid ${palette.line}; border-radius: 6px; cursor: pointer; }
@media (max-width: 760px) { body { grid-template: 1fr 40vh / 1fr; } aside { border-left: 0; border-top: 1px solid ${palette.line}; } }
`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeXml(oneLine(`${scene.title}, ${sheet.stamp}`, 200))}</title>`,
    `<style>${css}</style>`,
    '</head>',
    '<body>',
    `<main id="picture" tabindex="0" aria-label="${escapeXml(oneLine(scene.title, 200))}. Arrow keys go from thing to thing, plus and minus zoom, 0 shows all.">`,
    svg.trimEnd(),
    '<nav aria-label="Zoom"><button type="button" id="out" aria-label="Zoom out">−</button><button type="button" id="in" aria-label="Zoom in">+</button><button type="button" id="fit">Fit</button></nav>',
    '</main>',
    `<aside aria-live="polite"><div id="told"><h1>${escapeXml(oneLine(scene.title, 200))}</h1><p>${escapeXml(oneLine(scene.summary, 400))}</p><p class="quiet">${escapeXml(oneLine(sheet.stamp, 200))}</p></div><h2 id="listed">In this picture</h2><ul id="list" aria-labelledby="listed"></ul></aside>`,
    `<script type="application/json" id="data">${data}</script>`,
    `<script>${HTML_SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

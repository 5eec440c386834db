import type { Answer, Exported, ExportFormat, ExportRequest, Picture } from '../contract/contract.js';
import { csvTables } from '../core/export/csv.js';
import { dotText } from '../core/export/dot.js';
import { drawioText } from '../core/export/drawio.js';
import { gexfText } from '../core/export/gexf.js';
import { graphmlText } from '../core/export/graphml.js';
import { htmlText } from '../core/export/html.js';
import { junitText } from '../core/export/junit.js';
import { mermaidText } from '../core/export/mermaid.js';
import { sarifText } from '../core/export/sarif.js';
import type { Sheet } from '../core/export/sheet.js';
import type { Rates } from '../core/facts/rates.js';
import { applyFilter, parseFilter } from '../core/filter.js';
import { lensByName } from '../core/lenses/index.js';
import type { View } from '../core/lenses/view.js';
import { snapshot as snapshotSchema, valueOf, workloads, type Snapshot } from '../core/model/index.js';
import { comparedItems, comparedLegend, comparedMarks } from '../core/lenses/compared.js';
import { pageOf } from '../core/paint/page.js';
import { paperSvg } from '../core/paint/paper.js';
import { toSvg } from '../core/paint/svg.js';
import { judge } from '../core/reach/index.js';
import { redact } from '../core/redact/index.js';
import { check } from '../core/rules/index.js';
import { fallbackFor } from './fallback.js';
import { zip } from './zip.js';

const MIME: Readonly<Record<ExportFormat, readonly [extension: string, mime: string]>> = {
  drawio: ['drawio', 'application/vnd.jgraph.mxfile'], svg: ['svg', 'image/svg+xml'], png: ['png', 'image/png'], pdf: ['pdf', 'application/pdf'], mermaid: ['mmd', 'text/vnd.mermaid'], dot: ['dot', 'text/vnd.graphviz'],
  html: ['html', 'text/html'], graphml: ['graphml', 'application/graphml+xml'], gexf: ['gexf', 'application/gexf+xml'], csv: ['csv.zip', 'application/zip'], sarif: ['sarif', 'application/sarif+json'], json: ['json', 'application/json'], junit: ['junit.xml', 'application/xml'],
};

/** What is exported of: a picture, or what of it is known without a window. */
export type Exportable = Pick<Picture, 'snapshot' | 'judgement' | 'findings' | 'alarms'> & { readonly rates?: Rates | null };

const trouble = (what: string, why: string, todo: string): Answer<never> => ({ ok: false, trouble: { what, why, todo, command: '' } });

const minute = (at: string): string => at.slice(0, 40).replace('T', ' ').replace(/(:\d+)(\.\d+)?Z$/u, ' UTC');

/** Host, time, and all that a reader must know of a picture that was taken elsewhere. */
function stampOf(s: Snapshot, request: ExportRequest): string {
  const parts = [valueOf(s.host.hostname) ?? 'unknown host', s.takenAt.replace('T', ' ').replace(/(\.\d+)?Z$/u, ' UTC')];
  if (s.origin === 'example') parts.push('example');
  if (s.redacted) parts.push('redacted');
  if (request.filter.trim() !== '') parts.push(`filter: ${request.filter.trim().slice(0, 60)}`);
  if (request.project !== null) parts.push(`project ${request.project.slice(0, 60)}`);
  if (request.compared !== null) parts.push(`compared with ${minute(request.compared.from)}`);
  return parts.join(' · ');
}

/** Ids that pass the request's filter; null for all. */
export function shownBy(request: ExportRequest, of: Exportable): Answer<ReadonlySet<string> | null> {
  const parsed = parseFilter(request.filter);
  if (!parsed.ok) return trouble('The filter was not understood', parsed.error.text, 'Correct it, or leave it out.');
  return { ok: true, value: applyFilter(parsed.filter, { snapshot: of.snapshot, judgement: of.judgement, findings: of.findings }) };
}

/** The scene that the window shows for this request, of this snapshot. */
export function sheetOf(request: ExportRequest, of: Exportable, shown: ReadonlySet<string> | null): Sheet {
  const view: View = { ...of, shown, project: request.project, width: request.width, height: request.height, options: request.options };
  const lens = lensByName(request.lens);
  const { compared } = request;
  const { scene: drawn } = lens.arrange(view, request.order === null ? null : { lens: request.lens, order: request.order });
  const scene = compared === null ? drawn : { ...drawn, legend: [...drawn.legend, ...comparedLegend(drawn.items, compared)] };
  const overlay = [...(request.selected === null ? [] : lens.overlay(view, scene, request.selected, null)), ...(compared === null ? [] : comparedMarks(scene.items, compared))];
  return { scene, ...of, theme: request.theme, overlay, compared: compared === null ? new Map() : comparedItems(scene.items, compared), shown, stamp: stampOf(of.snapshot, request) };
}

interface Chosen {
  readonly request: ExportRequest;
  readonly of: Exportable;
  readonly shown: ReadonlySet<string> | null;
  readonly left: readonly string[];
}

/** Rates under the names that their workloads and cgroups have after a redaction, which keeps their places. */
function renamedRates(rates: Rates, before: Snapshot, after: Snapshot, ids: ReadonlyMap<string, string>): Rates {
  const cgroups = new Map(before.cgroups.map((c, i) => [c.id, after.cgroups[i]?.id ?? c.id]));
  return new Map([...rates].map(([id, rate]) => [ids.get(id) ?? cgroups.get(id) ?? id, rate]));
}

/**
 * The same choice of a redacted picture: everything is judged anew, so that no sentence keeps a name, and what was filtered,
 * focused or selected is found again by its place.
 */
function redacted({ request, of, shown }: Chosen, key: string): Chosen {
  const { snapshot, left, rename } = redact(of.snapshot, key);
  const judgement = judge(snapshot);
  const after = workloads(snapshot);
  const ids = new Map(workloads(of.snapshot).map((w, i) => [w.id, after[i]?.id ?? w.id]));
  const place = of.snapshot.containers.findIndex((c) => c.project !== null && c.project === request.project);
  const segments = new Map<string, string>(of.snapshot.segments.map((s, i) => [s.id, snapshot.segments[i]?.id ?? s.id]));
  const known = (list: readonly string[]): readonly string[] => list.flatMap((id) => ids.get(id) ?? []);
  /** An id, or one behind a word (`row:…`); null where it is of something else. */
  const placed = (text: string): string | null => {
    if (text === '' || text === 'buses' || text === 'project') return text;
    for (let at = 0; at >= 0; at = text.indexOf(':', at) + 1 || -1) {
      const now = ids.get(text.slice(at)) ?? segments.get(text.slice(at));
      if (now !== undefined) return `${text.slice(0, at)}${now}`;
    }
    return null;
  };
  const renamed = (text: string): string => [...ids].reduce((t, [before, now]) => (t.includes(before) ? t.replaceAll(before, now) : t), text);
  return {
    of: { snapshot, judgement, findings: check({ snapshot, judgement }), alarms: [], rates: of.rates ? renamedRates(of.rates, of.snapshot, snapshot, ids) : null },
    shown: shown === null ? null : new Set([...shown].map((id) => ids.get(id) ?? id)),
    request: {
      ...request,
      filter: request.filter.trim() === '' ? '' : '(hidden)',
      project: place < 0 ? null : (snapshot.containers[place]?.project ?? null),
      selected: request.selected === null ? null : renamed(request.selected),
      options: { ...request.options, opened: request.options.opened.map(renamed) },
      order: request.order === null ? null : Object.fromEntries(Object.entries(request.order).flatMap(([key, list]) => [[placed(key) ?? key, list.flatMap((id) => placed(id) ?? [])] as const])),
      compared: request.compared === null ? null : { from: request.compared.from, came: known(request.compared.came), changed: known(request.compared.changed), goneFrom: request.compared.goneFrom.flatMap(({ segment, names }) => (segments.has(segment) ? [{ segment: segments.get(segment) ?? '', names: names.map(rename) }] : [])) },
    },
    left,
  };
}

async function bytesOf(request: ExportRequest, sheet: Sheet): Promise<string | Uint8Array> {
  const { snapshot, judgement, findings } = sheet;
  const svg = (fitText: boolean, missing: ReadonlySet<number> = new Set()): string => toSvg(sheet.scene, { theme: sheet.theme, overlay: sheet.overlay, stamp: sheet.stamp, fitText, missing });
  switch (request.format) {
    // A reader of SVG may lack the fonts; the renderer of PNG has them.
    case 'svg': return svg(true);
    case 'png': {
      const { toPng } = await import('./png.js');
      const { width, height } = pageOf(sheet.scene, { stamp: sheet.stamp });
      const drawn = svg(false);
      const fonts = await fallbackFor(drawn);
      return toPng(fonts.missing.size === 0 ? drawn : svg(false, fonts.missing), width, height, request.scale, fonts.files.map((f) => f.path));
    }
    case 'pdf': return (await import('./pdf.js')).toPdf(sheet, request.page, await fallbackFor(svg(false)));
    case 'drawio': return drawioText(sheet);
    case 'mermaid': return mermaidText(sheet);
    case 'dot': return dotText(sheet);
    case 'html': return htmlText(sheet);
    case 'graphml': return graphmlText(sheet);
    case 'gexf': return gexfText(sheet);
    case 'csv': return zip(csvTables(snapshot, judgement, findings, sheet.shown).map((t) => ({ name: `${t.name}.csv`, text: t.text })));
    case 'sarif': return sarifText(snapshot, findings);
    case 'junit': return junitText(snapshot, findings);
    // Through the schema: members in its order, so that a saved host opens and is saved again as the same bytes.
    case 'json': return `${JSON.stringify(snapshotSchema.parse(snapshot), null, 2)}\n`;
  }
}

/** A picture of what a window cannot show by itself: the paper of a PDF, the picture in a page. */
function previewOf(request: ExportRequest, sheet: Sheet): string | null {
  if (request.format === 'pdf') return paperSvg(sheet, request.page);
  return request.format === 'html' ? toSvg(sheet.scene, { theme: sheet.theme, overlay: sheet.overlay, stamp: sheet.stamp, fitText: true }) : null;
}

/** A file name of the lens, the host and the day; nothing in it that a file system or a shell minds. */
function nameOf(request: ExportRequest, s: Snapshot): string {
  const host = (valueOf(s.host.hostname) ?? 'host').replace(/[^A-Za-z0-9_-]+/gu, '-').replace(/^-+|-+$/gu, '').slice(0, 40) || 'host';
  const day = /^\d{4}-\d{2}-\d{2}/u.exec(s.takenAt)?.[0] ?? 'undated';
  const of = request.format === 'json' ? 'snapshot' : request.format === 'sarif' || request.format === 'junit' ? 'findings' : request.format === 'csv' ? 'tables' : request.lens;
  return `bulkhead-${of}-${host}-${day}.${MIME[request.format][0]}`;
}

/**
 * One file of what the screen shows: lens, options, filter, selection, theme. With `redact` under `key` (a random one where it
 * is left out), so that the window's box and the command line's option do the same. `previewed`: with a picture of what a window cannot show.
 */
export async function exportPicture(request: ExportRequest, picture: Exportable, key?: string, previewed = false): Promise<Answer<Exported>> {
  const shown = shownBy(request, picture);
  if (!shown.ok) return shown;
  let chosen: Chosen = { request, of: picture, shown: shown.value, left: [] };
  if (request.redact) {
    const { randomBytes } = await import('node:crypto');
    chosen = redacted(chosen, key ?? randomBytes(16).toString('hex'));
  }
  const sheet = sheetOf(chosen.request, chosen.of, chosen.shown);
  const data = await bytesOf(chosen.request, sheet);
  const preview = previewed ? previewOf(chosen.request, sheet) : null;
  const text = typeof data === 'string';
  return { ok: true, value: { name: nameOf(chosen.request, chosen.of.snapshot), mime: MIME[request.format][1], encoding: text ? 'text' : 'base64', data: text ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'), left: chosen.left, preview } };
}

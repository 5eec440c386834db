import path from 'node:path';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExportFormat } from '../../src/contract/contract.js';
import { compare } from '../../src/core/diff/index.js';
import { csvTables } from '../../src/core/export/csv.js';
import { cast } from '../cast/cast.js';
import { HOSTILE, hostileCast, hostileName } from './hostile.js';
import { readBy, strictCsv } from './readers.js';
import { officialSchemas, type Schemas } from './schemas.js';
import { bytesOf, exported, LENSES, pictureOf } from './sheet.js';

const XML: readonly ExportFormat[] = ['svg', 'drawio', 'graphml', 'gexf', 'junit'];
const TEXT: readonly ExportFormat[] = [...XML, 'mermaid', 'dot', 'html', 'sarif', 'json'];
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', isArray: (name) => ['node', 'edge', 'mxCell', 'UserObject', 'key', 'data', 'testsuite', 'testcase', 'attvalue'].includes(name) });

let schemas: Schemas;
beforeAll(() => {
  schemas = officialSchemas();
});
afterAll(() => schemas?.close());

test('the schemas refuse what is wrong', () => {
  expect(schemas.xml('graphml', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><node id="a"/></graphml>')).not.toBe('');
  expect(schemas.xml('gexf', '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"><graph><node/></graph></gexf>')).not.toBe('');
  expect(schemas.xml('svg', '<svg xmlns="http://www.w3.org/2000/svg"><script2/></svg>')).not.toBe('');
  expect(schemas.sarif({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false);
});

describe.each(LENSES)('the %s lens', (lens) => {
  const picture = pictureOf(cast(14));

  test('text formats are deterministic: the same snapshot gives the same bytes', async () => {
    for (const format of TEXT) expect((await exported(picture, format, lens)).data, format).toBe((await exported(pictureOf(cast(14)), format, lens)).data);
  });

  test('xmllint reads the XML formats', async () => {
    for (const format of XML) {
      const done = readBy('xmllint', ['--noout', '--nonet', '{}'], bytesOf(await exported(picture, format, lens)));
      expect(`${format}: ${done.err}`).toBe(`${format}: `);
      expect(done.status).toBe(0);
    }
  });

  test('GraphML, GEXF and SVG are valid by their official schemas, SARIF by its own, hostile names or not', async () => {
    for (const of of [picture, pictureOf(hostileCast(HOSTILE))]) {
      for (const format of ['graphml', 'gexf', 'svg'] as const) expect(schemas.xml(format, bytesOf(await exported(of, format, lens))), format).toBe('');
      schemas.sarif(JSON.parse((await exported(of, 'sarif', lens)).data));
      expect(schemas.sarif.errors).toBe(null);
    }
  });

  test('an SVG holds nothing but marks', async () => {
    for (const of of [picture, pictureOf(hostileCast(HOSTILE))]) {
      const done = readBy('xmllint', ['--noout', '--nonet', '--huge', '--relaxng', path.join(import.meta.dirname, 'schema', 'svg.rng'), '{}'], bytesOf(await exported(of, 'svg', lens)));
      expect(done.status, done.err.slice(0, 1000)).toBe(0);
    }
  });

  test('graphviz reads DOT, and finds every node, edge and cluster', async () => {
    const done = readBy('dot', ['-Tjson0', '{}'], bytesOf(await exported(picture, 'dot', lens)));
    expect(done.err).toBe('');
    const graph = JSON.parse(done.out.toString('utf8')) as { objects?: { name: string; pos?: string }[]; edges?: unknown[] };
    const count = (graph.objects ?? []).filter((o) => !o.name.startsWith('cluster_')).length;
    expect(count).toBeGreaterThanOrEqual(14);
  });
});

test('GraphML is in its own shape: keys declared, ends of edges there, types right', async () => {
  const text = (await exported(pictureOf(cast(14)), 'graphml')).data;
  const { graphml } = parser.parse(text) as { graphml: { key: Record<string, string>[]; graph: { node: { '@id': string; data: Record<string, string>[] }[]; edge: Record<string, string>[] } } };
  const keys = new Map(graphml.key.map((k) => [k['@id'], k]));
  const ids = new Set(graphml.graph.node.map((n) => n['@id']));
  expect(ids.size).toBe(graphml.graph.node.length);
  for (const n of graphml.graph.node) for (const d of n.data) expect(keys.get(d['@key'] ?? '')?.['@for']).toBe('node');
  for (const e of graphml.graph.edge) expect(ids.has(e['@source'] ?? '') && ids.has(e['@target'] ?? '')).toBe(true);
});

test('GEXF is in its own shape: attributes declared, places and colours in bounds', async () => {
  const text = (await exported(pictureOf(cast(14)), 'gexf')).data;
  const { gexf } = parser.parse(text) as { gexf: { '@version': string; graph: { nodes: { node: { '@id': string; 'viz:color': Record<string, string> }[] }; edges: { edge: Record<string, string>[] } } } };
  expect(gexf['@version']).toBe('1.2');
  const ids = new Set(gexf.graph.nodes.node.map((n) => n['@id']));
  for (const n of gexf.graph.nodes.node) for (const c of ['@r', '@g', '@b']) expect(Number(n['viz:color'][c])).toBeLessThanOrEqual(255);
  for (const e of gexf.graph.edges.edge) expect(ids.has(e['@source'] ?? '') && ids.has(e['@target'] ?? '')).toBe(true);
});

test.each(LENSES)('draw.io of the %s lens has shapes in groups and connectors that hold on to them', async (lens) => {
  const text = (await exported(pictureOf(cast(14)), 'drawio', lens)).data;
  const { mxfile } = parser.parse(text) as { mxfile: { diagram: { mxGraphModel: { root: { mxCell: Record<string, unknown>[]; UserObject: { '@id': string; mxCell: Record<string, unknown>[] }[] } } } } };
  const { mxCell, UserObject } = mxfile.diagram.mxGraphModel.root;
  const ids = new Set(['0', '1', ...mxCell.map((c) => String(c['@id'])), ...UserObject.map((o) => o['@id'])]);
  expect(ids.size).toBe(mxCell.length + UserObject.length);
  const groups = mxCell.filter((c) => String(c['@style'] ?? '').startsWith('group;'));
  const edges = mxCell.filter((c) => c['@edge'] === '1');
  if (lens === 'network') {
    expect(groups).toHaveLength(4);
    expect(edges.length).toBeGreaterThanOrEqual(15);
  }
  // Rows of walls move with their cells.
  if (lens === 'enforcement') expect(UserObject.filter((o) => o.mxCell.some((c) => String(c['@style']).includes('container=1'))).length).toBeGreaterThanOrEqual(14);
  for (const e of edges) expect(ids.has(String(e['@source'])) && ids.has(String(e['@target']))).toBe(true);
  for (const o of UserObject) {
    const cell = o.mxCell[0] as { '@parent': string; mxGeometry: Record<string, string> };
    expect(ids.has(cell['@parent'])).toBe(true);
    for (const side of ['@x', '@y', '@width', '@height']) expect(Number.isFinite(Number(cell.mxGeometry[side]))).toBe(true);
  }
});

test('every table of CSV is in the strictest dialect, and holds each container once', () => {
  const { snapshot, judgement, findings } = pictureOf(cast(14));
  for (const t of csvTables(snapshot, judgement, findings)) expect(strictCsv(t.text).length, t.name).toBeGreaterThan(0);
  const containers = csvTables(snapshot, judgement, findings).find((t) => t.name === 'containers');
  expect(strictCsv(containers?.text ?? '').slice(1).map((r) => r[0])).toEqual(snapshot.containers.map((c) => c.name));
});

test('the zip of tables is read by another program', async () => {
  const done = readBy('python3', ['-c', 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(",".join(z.namelist()))', '{}'], bytesOf(await exported(pictureOf(cast(14)), 'csv')));
  expect(done.err).toBe('');
  expect(done.out.toString('utf8')).toContain('containers.csv,');
});

test('JUnit counts what it holds', async () => {
  const text = (await exported(pictureOf(cast(14)), 'junit')).data;
  const { testsuites } = parser.parse(text) as { testsuites: { '@tests': string; '@failures': string; testsuite: { testcase: object[] }[] } };
  const cases = testsuites.testsuite.flatMap((s) => s.testcase);
  expect(Number(testsuites['@tests'])).toBe(cases.length);
  expect(Number(testsuites['@failures'])).toBe(cases.filter((c) => 'failure' in c).length);
});

test('SARIF is in its shape: rules by index, unique fingerprints, levels and places', async () => {
  const log = JSON.parse((await exported(pictureOf(cast(14)), 'sarif')).data) as { version: string; runs: { tool: { driver: { rules: { id: string; help: { text: string; markdown: string } }[] } }; results: { ruleId: string; ruleIndex: number; level: string; message: { text: string }; locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[]; partialFingerprints: Record<string, string> }[] }[] };
  expect(log.version).toBe('2.1.0');
  const [run] = log.runs;
  const prints = new Set<string>();
  for (const r of run?.results ?? []) {
    expect(run?.tool.driver.rules[r.ruleIndex]?.id).toBe(r.ruleId);
    expect(['error', 'warning', 'note', 'none']).toContain(r.level);
    expect(r.message.text.length).toBeGreaterThan(10);
    expect(r.locations[0]?.physicalLocation.artifactLocation.uri).toMatch(/^[A-Za-z0-9._~%/-]+$/u);
    prints.add(r.partialFingerprints['bulkhead/v1'] ?? '');
  }
  expect(prints.size).toBe(run?.results.length);
  expect(run?.tool.driver.rules.every((r) => r.help.markdown.includes('What to do'))).toBe(true);
});

test('a filter and a redaction go into every format, and no name is left in a redacted one', async () => {
  const picture = pictureOf(cast(14));
  for (const format of TEXT) {
    const file = await exported(picture, format, 'network', { redact: true, filter: 'risk:possible', selected: null });
    for (const word of ['jenkins', 'shop_front', 'thinkpad', 'postgres:18', 'risk:possible']) expect(file.data.includes(word), `${format}: ${word}`).toBe(false);
    expect(file.name).not.toContain('thinkpad');
  }
});

test('what a comparison marked on the screen is marked in the file, and names nobody in a redacted one', async () => {
  const now = cast(14);
  const [first, second, third] = now.containers;
  const gone = { ...now, containers: [...now.containers.slice(1), ...(third === undefined ? [] : [{ ...third, id: 'e'.repeat(64), name: 'old-worker', image: 'old', project: null, service: null }])] };
  const changed = { ...gone, containers: gone.containers.map((c) => (c.id === second?.id ? { ...c, rootReadOnly: { value: 'value' in c.rootReadOnly && !c.rootReadOnly.value, source: 'mountinfo' } } : c)) };
  const { from, came, changed: others, goneFrom } = compare({ ...changed, takenAt: '2026-11-29T10:00:00.000Z' }, now);
  const compared = { from, came, changed: others, goneFrom };
  const picture = pictureOf(now);
  const of = async (format: ExportFormat, redact = false) => (await exported(picture, format, 'network', { compared, redact })).data;
  const signs = (text: string, sign: string) => text.split('"').filter((part) => part.startsWith(`${sign} `)).length;
  for (const format of ['dot', 'drawio'] as const) expect([signs(await of(format), '+'), signs(await of(format), '△')], format).toEqual([1, 1]);
  expect(await of('mermaid')).toContain(`+ ${first?.name}`);
  for (const format of ['svg', 'html'] as const) {
    expect(await of(format)).toContain('old-worker');
    expect(await of(format)).toContain('compared with 2026-11-29 10:00 UTC');
    const hidden = await of(format, true);
    expect(hidden).not.toContain('old-worker');
    expect(hidden.match(/stroke-dasharray="3 2"/gu)?.length).toBe((await of(format)).match(/stroke-dasharray="3 2"/gu)?.length);
  }
});

const illegalXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u;  

async function survives(names: readonly string[]): Promise<void> {
  const picture = pictureOf(hostileCast(names));
  for (const lens of LENSES) {
    for (const format of XML) {
      const { data } = await exported(picture, format, lens);
      expect(XMLValidator.validate(data), `${format} ${lens}`).toBe(true);
      expect(illegalXml.test(data), `${format} ${lens}`).toBe(false);
    }
    const html = (await exported(picture, 'html', lens)).data;
    expect(html.match(/<script/gu)).toHaveLength(2);
    expect(html).not.toContain('<img');
    expect((await exported(picture, 'mermaid', lens)).data).not.toMatch(/<script|javascript:|%%\{/u);
  }
  for (const format of ['sarif', 'json'] as const) JSON.parse((await exported(picture, format)).data);
  for (const t of csvTables(picture.snapshot, picture.judgement, picture.findings)) {
    for (const row of strictCsv(t.text).slice(1)) for (const field of row) expect(/^[=+@\t\r]|^-\D/u.test(field), `${t.name}: ${field.slice(0, 40)}`).toBe(false);
  }
}

test('each hostile name goes through every exporter, and is text at the other end', async () => {
  await survives(HOSTILE);
});

test('so does any other', async () => {
  await fc.assert(fc.asyncProperty(fc.array(hostileName, { minLength: 1, maxLength: 9 }), survives), { seed: 20_261_130, numRuns: 5 });
});

test('the strict readers read the hostile ones as well', async () => {
  const picture = pictureOf(hostileCast(HOSTILE));
  for (const format of XML) expect(readBy('xmllint', ['--noout', '--nonet', '--huge', '{}'], bytesOf(await exported(picture, format))).err, format).toBe('');
  const dot = readBy('dot', ['-Tjson0', '{}'], bytesOf(await exported(picture, 'dot')));
  expect(dot.status).toBe(0);
});

test('a name of 4,000 characters comes back whole where a format has room for it', async () => {
  const long = `long${'x'.repeat(3996)}`;
  const picture = pictureOf(hostileCast([long]));
  for (const format of ['graphml', 'gexf', 'json', 'sarif'] as const) expect((await exported(picture, format)).data.includes(long), format).toBe(true);
});

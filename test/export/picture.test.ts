import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { textWidth } from '../../src/core/scene/measure.js';
import { cast } from '../cast/cast.js';
import { HOSTILE, hostileCast } from './hostile.js';
import { readBy } from './readers.js';
import { bytesOf, exported, LENSES, pictureOf } from './sheet.js';

const picture = pictureOf(cast(14));

test.each(LENSES)('the %s lens as PNG: its size by the scale, not empty, fonts drawn', async (lens) => {
  const one = PNG.sync.read(bytesOf(await exported(picture, 'png', lens, { scale: 1 })));
  const two = PNG.sync.read(bytesOf(await exported(picture, 'png', lens, { scale: 2, theme: 'dark' })));
  expect(Math.abs(two.width - one.width * 2)).toBeLessThanOrEqual(2);
  const colours = new Set<number>();
  for (let i = 0; i < one.data.length; i += 4) colours.add(one.data.readUInt32BE(i));
  expect(colours.size).toBeGreaterThan(50);
});

test('letters are drawn with the bundled fonts: a picture without them has less ink', async () => {
  const svg = (await exported(picture, 'svg')).data;
  const { toPng } = await import('../../src/node/png.js');
  const ink = (png: PNG): number => {
    let dark = 0;
    for (let i = 0; i < png.data.length; i += 4) if ((png.data[i] ?? 255) < 100) dark += 1;
    return dark;
  };
  const size = /width="(\d+)" height="(\d+)"/u.exec(svg);
  const [width, height] = [Number(size?.[1]), Number(size?.[2])];
  const whole = PNG.sync.read(Buffer.from(await toPng(svg, width, height, 1)));
  const bare = PNG.sync.read(Buffer.from(await toPng(svg.replace(/<text[\s\S]*?<\/text>/gu, ''), width, height, 1)));
  expect(ink(whole)).toBeGreaterThan(ink(bare) * 1.05);
  expect(textWidth('x', { family: 'sans', weight: 400, size: 10 })).toBeGreaterThan(0);
});

test.each(LENSES)('the %s lens as PDF: one page of its size, real text, a title block', async (lens) => {
  for (const [page, size] of [['a4', /Page size:\s+841.89 x 595.2\d|Page size:\s+595.2\d x 841.89/u], ['letter', /792 x 612|612 x 792/u], ['fit', /Page size/u]] as const) {
    const bytes = bytesOf(await exported(picture, 'pdf', lens, { page }));
    const info = readBy('pdfinfo', ['{}'], bytes).out.toString('utf8');
    expect(info).toMatch(/Pages:\s+1\n/u);
    expect(info, page).toMatch(size);
    const text = readBy('pdftotext', ['-layout', '{}', '-'], bytes).out.toString('utf8');
    for (const word of ['jenkins', 'Bulkhead', 'thinkpad', '2026-11-30']) expect(text, `${lens} ${page}`).toContain(word);
    expect(readBy('pdffonts', ['{}'], bytes).out.toString('utf8')).toMatch(/IBMPlexSans.* yes yes/u);
  }
});

test('the same snapshot gives the same PDF and PNG', async () => {
  for (const format of ['pdf', 'png'] as const) expect((await exported(pictureOf(cast(14)), format)).data, format).toBe((await exported(picture, format)).data);
});

test('hostile names go through both', async () => {
  const hostile = pictureOf(hostileCast(HOSTILE));
  for (const lens of LENSES) {
    expect(PNG.sync.read(bytesOf(await exported(hostile, 'png', lens))).width).toBeGreaterThan(300);
    expect(readBy('pdftotext', ['{}', '-'], bytesOf(await exported(hostile, 'pdf', lens))).status).toBe(0);
  }
});

test('a sign that no font has is a box with its number; one that a font of this machine has is drawn', async () => {
  // Nobody gives this code point a shape.
  const none = String.fromCodePoint(0x10ff00);
  const here = cast(3);
  const named = (name: string) => pictureOf({ ...here, containers: here.containers.map((c) => ({ ...c, name })) });
  const text = readBy('pdftotext', ['{}', '-'], bytesOf(await exported(named(`${none}-web`), 'pdf'))).out.toString('utf8');
  expect(text.replace(/\s+/gu, ' ')).toMatch(/10F F00/u);
  const png = async (name: string): Promise<Buffer> => bytesOf(await exported(named(name), 'png'));
  expect((await png(`${none}-web`)).equals(await png('\u3000-web'))).toBe(false);
  const { fallbackFor } = await import('../../src/node/fallback.js');
  expect(await fallbackFor('plain Latin, Ελληνικά', ['/nowhere'])).toEqual({ files: [], missing: new Set() });
  expect((await fallbackFor(none)).missing).toEqual(new Set([0x10ff00]));
  expect((await fallbackFor('日', ['/nowhere'])).missing).toEqual(new Set([0x65e5]));
  // Plex Sans Arabic is none of the bundled fonts; DejaVu, which chromium brings along, has these letters.
  const found = await fallbackFor('\u0645');
  // Words that run to the left have the room that they take: no gap before what follows.
  const leftward = '\u0627'.repeat(8);
  const told = readBy('pdftotext', ['{}', '-'], bytesOf(await exported(named(`${leftward}-web`), 'pdf'))).out.toString('utf8').replace(/[\u202a-\u202e]/gu, '');
  if ((await fallbackFor(leftward)).missing.size === 0) expect(told).toContain(`${leftward}-web`);
  if (found.missing.size === 0) expect(readBy('pdffonts', ['{}'], bytesOf(await exported(named('\u0645\u0645'), 'pdf'))).out.toString('utf8').split('\n').some((l) => l.includes(' yes yes') && !l.includes('IBMPlex'))).toBe(true);
});

import { expect, test } from 'vitest';
import { FACES } from '../../scene/kit.js';
import { textWidth } from '../../scene/measure.js';
import { countedLines, nameLines } from './names.js';

const face = FACES.mono;
const caps = ['MAC_ADMIN', 'MAC_OVERRIDE', 'SYS_ADMIN', 'SYS_MODULE', 'NET_RAW'];

test.each([60, 100, 130, 200, 400])('in a width of %i every name is there or counted, and no line is too wide', (width) => {
  for (const most of [1, 2, 3, 6]) {
    const lines = nameLines(caps.join(' '), 'capabilities', width, face, most) ?? [];
    const words = lines.join(' ').split(' ');
    const counted = Number(words.find((w) => w.startsWith('+'))?.slice(1) ?? 0);
    expect(lines.length).toBeLessThanOrEqual(most);
    expect(words.filter((w) => !w.startsWith('+')).length + counted).toBe(caps.length);
    for (const line of lines) expect(textWidth(line, face)).toBeLessThanOrEqual(width);
  }
});

test('a path that is too long keeps its end', () => {
  expect(nameLines('/ rw, /tmp/some-folder/data rw, /dev rw', 'mounts', 110, face, 2)).toEqual(['/ rw,', '…/data rw, /dev rw']);
});

test('a sentence is no list', () => {
  expect(nameLines('14, inside only', 'capabilities', 40, face, 1)).toBeNull();
  expect(nameLines('? no rights', 'devices', 40, face, 1)).toBeNull();
});

test('a comma at the end of a line has room as well', () => {
  for (let width = 60; width < 200; width += 1) for (const line of countedLines(['cart', 'certbot', 'comments', 'consumer', 'crawler'], ', ', width, FACES.body, 9)) expect(textWidth(line, FACES.body)).toBeLessThanOrEqual(width);
});

import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cast } from '../../../test/cast/cast.js';
import { recordSnapshot, startRecording } from '../../core/record/index.js';
import { readSnapshot, writeWhole } from './files.js';
import { fileStop, Stop } from './trouble.js';

test('a full disk is told with what helps', () => {
  expect(fileStop('nothing was written', 'x', Object.assign(new Error(''), { code: 'ENOSPC' })).trouble).toMatchObject({ why: 'the disk is full', todo: 'Make room, or name a file elsewhere.' });
});

test('a recording can be given for a snapshot: it is as it was in the end, or before it was cut off', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-files-'));
  const file = path.join(folder, 'host.rec');
  try {
    const first = cast(3);
    const last = { ...first, takenAt: new Date(Date.parse(first.takenAt) + 1000).toISOString(), containers: first.containers.slice(1) };
    const start = startRecording(first);
    const next = recordSnapshot(start.recorder, last);
    writeFileSync(file, start.text + next.text);
    expect(readSnapshot(file)).toEqual(last);
    writeFileSync(file, start.text + next.text.slice(0, -20));
    expect(readSnapshot(file)).toEqual(first);
    writeFileSync(file, start.text.slice(0, 30));
    expect(() => readSnapshot(file)).toThrow(Stop);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a link is written through, also one to a link and one to what is not there yet; nothing is left beside it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-files-'));
  const at = (name: string): string => path.join(folder, name);
  try {
    mkdirSync(at('there'));
    writeFileSync(at('there/file'), 'old');
    symlinkSync('there/file', at('one'));
    symlinkSync(at('one'), at('two'));
    symlinkSync('there/coming', at('three'));
    writeWhole(at('two'), 'new');
    writeWhole(at('three'), 'came');
    expect([readFileSync(at('there/file'), 'utf8'), readFileSync(at('there/coming'), 'utf8')]).toEqual(['new', 'came']);
    expect(['one', 'two', 'three'].map((name) => lstatSync(at(name)).isSymbolicLink())).toEqual([true, true, true]);
    expect([...readdirSync(folder), ...readdirSync(at('there'))].filter((name) => name.startsWith('.'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { unknown } from '../../core/model/index.js';
import type { KernelReaders } from '../collect/parts.js';
import { orElse } from './launch.js';
import { serve } from './serve.js';

const none = unknown('absent', 'nowhere');

/** Readers that write down what they were asked. */
function readers(asked: unknown[]): KernelReaders {
  return {
    kernel: () => Promise.reject(new Error('the disk is on fire')),
    moving: () => ({ of: new Map(), cgroups: [] }),
    wire: (input, touched, depth) => {
      asked.push({ input, touched, depth });
      return Promise.resolve({ segments: [], interfaces: [], nets: [], endpoints: new Map([['c', []]]), notes: [] });
    },
    tables: (nets) => {
      asked.push(nets);
      return { tables: [], fdb: none };
    },
    programs: () => Promise.resolve(new Map([['c', none]])),
    forget: () => void asked.push('forget'),
    close: () => void asked.push('close'),
  };
}

async function talk(questions: readonly string[]): Promise<{ readonly lines: readonly unknown[]; readonly asked: readonly unknown[] }> {
  const input = new PassThrough();
  const output = new PassThrough();
  const asked: unknown[] = [];
  const served = serve(input, output, readers(asked), 0);
  for (const one of questions) input.write(`${one}\n`);
  input.end();
  await served;
  output.end();
  let text = '';
  for await (const chunk of output) text += String(chunk);
  return { lines: text.trim().split('\n').map((line): unknown => JSON.parse(line)), asked };
}

test('it says who it is, answers in order, and ends with its input', async () => {
  const { lines, asked } = await talk(['{"ask":"moving"}', '{"ask":"forget"}', '{"ask":"programs","which":[{"id":"c","pid":7}]}']);
  expect(lines).toEqual([{ reader: 1, uid: 0 }, { answer: { of: [], cgroups: [] } }, { answer: null }, { answer: [['c', none]] }]);
  expect(asked).toEqual(['forget', 'close']);
});

test('what is no question of its is refused, and it goes on', async () => {
  const { lines } = await talk(['{"ask":"run","command":"id"}', 'rm -rf /', '{"ask":"programs","which":[{"id":"c","pid":"../../etc"}]}', '{"ask":"programs","which":[{"id":"c","pid":-1}]}', '{"ask":"moving"}']);
  expect(lines).toHaveLength(6);
  for (const line of lines.slice(1, 5)) expect(line).toHaveProperty('failed');
  expect(lines[5]).toHaveProperty('answer');
});

test('no path comes in: what a question carries beyond its members is dropped', async () => {
  const { asked } = await talk(['{"ask":"tables","nets":[{"key":"host","pid":null,"of":["host"],"path":"/etc/shadow"}],"roots":{"proc":"/tmp"}}']);
  expect(asked[0]).toEqual([{ key: 'host', pid: null, of: ['host'] }]);
});

test('tables that did not move are not said again, and what moves them is told unasked', async () => {
  const tables = { tables: [], fdb: none };
  const input = new PassThrough();
  const output = new PassThrough();
  const asked: unknown[] = [];
  let moved: () => void = () => undefined;
  const served = serve(input, output, { ...readers(asked), tables: (nets) => (asked.push(nets), tables), hears: () => true, onMoved: (told) => (moved = told) }, 0);
  const nets = [{ key: 'host', pid: null, of: ['host'] }];
  input.write(`${JSON.stringify({ ask: 'tables', nets })}\n${JSON.stringify({ ask: 'tables', nets: null })}\n`);
  input.end();
  await served;
  moved();
  output.end();
  const lines = (await output.toArray()).join('').trim().split('\n').map((line): unknown => JSON.parse(line));
  expect(lines.slice(1)).toEqual([{ answer: { tables, hears: true } }, { answer: { tables: null, hears: true } }, { moved: true }]);
  expect(asked).toEqual([nets, nets, 'close']);
});

test('a reader that fails at one question answers that it did', async () => {
  const { lines } = await talk(['{"ask":"kernel","containers":[],"touched":null,"depth":"full"}']);
  expect(lines[1]).toEqual({ failed: 'the disk is on fire' });
});

test('once the reader has ended, this process reads by itself what it can', async () => {
  const asked: unknown[] = [];
  const gone: KernelReaders = { ...readers([]), moving: () => Promise.reject(new Error('gone')) };
  const both = orElse(gone, () => ({ ...readers(asked), moving: () => ({ of: new Map(), cgroups: [] }) }));
  expect(await both.moving()).toEqual({ of: new Map(), cgroups: [] });
  both.close();
  expect(asked).toEqual(['close']);
});

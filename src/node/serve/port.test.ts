import { describe, expect, it } from 'vitest';
import { requests } from '../../contract/requests.js';
import { dispatch, type SessionPort } from './port.js';
import { parseMessage } from './serve.js';

function port(answer: () => Promise<unknown>): SessionPort & { asked: string[] } {
  const asked: string[] = [];
  return { asked, subscribe: () => () => {}, call: ((method: string) => (asked.push(method), answer())) as SessionPort['call'] };
}

describe('a call from outside', () => {
  it('reaches the session only if the contract knows it and its arguments fit', async () => {
    const session = port(async () => ({ ok: true, value: null }));
    for (const method of ['__proto__', 'toString', 'constructor', '', 7, null, undefined]) expect(await dispatch(session, {}, method, [])).toMatchObject({ ok: false });
    for (const args of [null, {}, 'x', [{}], [{ frame: Number.NaN }], [{ frame: 1 }, 2]]) expect(await dispatch(session, {}, 'seek', args)).toMatchObject({ ok: false });
    expect(session.asked).toEqual([]);
    expect(await dispatch(session, {}, 'seek', [{ frame: 1 }])).toEqual({ ok: true, value: null });
    expect(session.asked).toEqual(['seek']);
  });

  it('is answered by the shell where the shell knows better', async () => {
    const session = port(async () => ({ ok: true, value: null }));
    expect(await dispatch(session, { openDialog: async () => ({ ok: true, value: null }) }, 'openDialog', [])).toEqual({ ok: true, value: null });
    expect(session.asked).toEqual([]);
  });

  it('never throws: a session that fails is a trouble', async () => {
    const session = port(async () => {
      throw new Error('broken');
    });
    expect(await dispatch(session, {}, 'resync', [])).toMatchObject({ ok: false, trouble: { why: 'broken' } });
  });

  it('has a schema for every method', () => {
    for (const [name, schema] of Object.entries(requests)) expect(schema.safeParse('no list').success, name).toBe(false);
  });
});

describe('a message of the socket', () => {
  it('is an object with a number, or nothing', () => {
    expect(parseMessage('{"id":1,"method":"hello","args":[]}')).toEqual({ id: 1, method: 'hello', args: [] });
    for (const text of ['', 'x', '1', 'null', '[]', '{"id":"1"}', new ArrayBuffer(2)]) expect(parseMessage(text)).toBeNull();
  });
});

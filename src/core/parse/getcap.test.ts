import { expect, test } from 'vitest';
import { CAPABILITIES } from './capabilities.js';
import { parseGetcap } from './getcap.js';

const of = (text: string) => {
  const read = parseGetcap(text, 'getcap');
  return 'value' in read ? Object.fromEntries(read.value) : read;
};

test('programs with capabilities, as newer and older libcap write them', () => {
  expect(of('/usr/bin/ping cap_net_raw=ep\n')).toEqual({ '/usr/bin/ping': ['CAP_NET_RAW'] });
  expect(of('/usr/bin/ping = cap_net_raw+ep\n')).toEqual({ '/usr/bin/ping': ['CAP_NET_RAW'] });
  expect(of('/a b cap_net_admin,cap_net_raw=eip\n')).toEqual({ '/a b': ['CAP_NET_ADMIN', 'CAP_NET_RAW'] });
  expect(of('/x cap_chown=p cap_net_raw=ep [rootid=100000]\n')).toEqual({ '/x': ['CAP_CHOWN', 'CAP_NET_RAW'] });
});

test('what is inheritable alone gives nothing; no name is all of them', () => {
  expect(of('/x cap_net_raw=i\n')).toEqual({});
  expect(of('/x =ep\n')).toEqual({ '/x': [...CAPABILITIES].sort() });
  expect(of('')).toEqual({});
});

test('what is no such line is unknown', () => {
  expect(of('Failed to get capabilities of file /x\n')).toEqual({ unknown: 'unsupported', source: 'getcap' });
});

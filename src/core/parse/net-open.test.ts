import { expect, test } from 'vitest';
import { parsePackets, parseProtocols, parseRaw6 } from './net-open.js';

test('sockets of a namespace are counted by protocol, and another file is none of these', () => {
  const text = 'protocol  size sockets  memory press maxhdr  slab module     cl co\nPACKET    1600      2      -1   NI       0   no   kernel      n  n\nXDP       1088      0      -1   NI       0   no   kernel      n  n\n';
  expect(parseProtocols(text)).toEqual(new Map([['PACKET', 2], ['XDP', 0]]));
  expect(parseProtocols('sk RefCnt')).toBeNull();
});

test('packet sockets are told by inode, type and EtherType', () => {
  const text = 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n000000005d3d288d 2      3    0003   2     1 0      0      38779522\n0000000000000000 2      2    0806   0     0 0      0      38779600\nnoise\n';
  expect(parsePackets(text)).toEqual([{ inode: 38779522, type: 3, protocol: 3 }, { inode: 38779600, type: 2, protocol: 0x806 }]);
});

test('raw IPv6 sockets have their protocol where others have a port', () => {
  const text = '  sl  local_address remote_address st\n    4: 00000000000000000000000000000000:003A 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 38779523 2 000000000068c62f 0\n';
  expect(parseRaw6(text)).toEqual([{ inode: 38779523, type: 0, protocol: 58 }]);
});

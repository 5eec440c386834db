import { describe, expect, it } from 'vitest';
import { ALL_CAPS, DEFAULT_CAPS, aContainer, aProcess, aSnapshot, capSets } from '../../../../test/cast/cast.js';
import { known, unknown, type Container, type Declared, type Host, type ProcessFacts } from '../../model/index.js';
import { WALLS, engineLacksSeccomp, readFrom, remedyOf, walls, type Wall, type WallName } from './index.js';

const host: Host = aSnapshot().host;
const base = aContainer({ name: 'web' });

function of(name: WallName, over: Partial<Container> = {}, on: Host = host): Wall {
  return walls({ ...base, ...over }, on)[WALLS.indexOf(name)] as Wall;
}
const runs = (over: Partial<ProcessFacts>, more: readonly ProcessFacts[] = []): Partial<Container> => ({ processes: [aProcess({ pid: 7, ...over }), ...more] });
const told = (over: Partial<Declared>): Partial<Container> => ({ declared: { ...base.declared, ...over } });
const no = unknown('denied', '/proc/7/status');

describe('user namespace', () => {
  it('is open as shipped for root without a namespace of its own', () => expect(of('userNs')).toMatchObject({ state: 'open-as-shipped', short: '' }));
  it('is thinned for another uid, which is the same on the host', () => expect(of('userNs', runs({ uid: known(1000, '') }))).toMatchObject({ state: 'thinned', short: 'uid 1000' }));
  it('stands where root is somebody else on the host', () => expect(of('userNs', runs({ uidMap: known([{ inside: 0, outside: 100000, length: 65536 }], '') })).state).toBe('stands'));
  it('is thinned where its own namespace maps root to root', () => expect(of('userNs', runs({ uidMap: known([{ inside: 0, outside: 0, length: 65536 }], '') })).state).toBe('thinned'));
  it('is open by choice where the engine remaps and it was taken out', () => {
    const remaps: Host = { ...host, engine: { ...host.engine, usernsRemap: known(true, '') } };
    expect(of('userNs', told({ usernsMode: 'host' }), remaps).state).toBe('open-by-choice');
  });
  it('is unknown, not fine, where map and owner are unread', () => {
    const user = { inode: no, owner: no };
    expect(of('userNs', { ...runs({ uidMap: no }), namespaces: { ...base.namespaces, user } })).toMatchObject({ state: 'unknown', short: '? no rights' });
  });
});

describe('capabilities', () => {
  it('stand where none is in effect', () => expect(of('capabilities', runs({ capabilities: capSets([]) })).state).toBe('stands'));
  it('are thinned by the defaults, which name NET_RAW', () => expect(of('capabilities')).toMatchObject({ state: 'thinned', short: 'NET_RAW', drift: null }));
  it('are open by choice where a dangerous one was added, named with the reason', () => {
    const w = of('capabilities', { ...runs({ capabilities: capSets([...DEFAULT_CAPS, 'CAP_SYS_ADMIN']) }), ...told({ capAdd: ['SYS_ADMIN'] }) });
    expect(w).toMatchObject({ state: 'open-by-choice', short: 'SYS_ADMIN NET_RAW', drift: null });
    expect(w.sentence).toContain('mounts file systems');
  });
  it('differ from the declaration where the kernel holds what nobody asked for', () => {
    expect(of('capabilities', { ...runs({ capabilities: capSets(['CAP_NET_ADMIN']) }), ...told({ capDrop: ['ALL'] }) })).toMatchObject({ state: 'open-by-choice', drift: 'cap-drop ALL' });
  });
  it('show the weakest process, with its pid where it is not the first', () => {
    const exec = aProcess({ pid: 99, role: 'exec', capabilities: capSets(ALL_CAPS) });
    expect(of('capabilities', { ...runs({ capabilities: capSets([]) }, [exec]), ...told({ capDrop: ['ALL'] }) })).toMatchObject({ short: 'all 41', pid: 99, drift: 'cap-drop ALL' });
  });
  it('count only inside where it has a user namespace of its own', () => {
    const map = known([{ inside: 0, outside: 100000, length: 65536 }], '');
    expect(of('capabilities', runs({ uidMap: map, capabilities: capSets(ALL_CAPS) })).state).toBe('thinned');
  });
  it('are unknown where unread, but a hole that was asked for is a hole', () => {
    const unread = runs({ capabilities: { ...capSets([]), effective: no } });
    expect(of('capabilities', unread).state).toBe('unknown');
    expect(of('capabilities', { ...unread, ...told({ privileged: true }) })).toMatchObject({ state: 'open-by-choice', short: 'all, as declared' });
    expect(of('capabilities', { ...unread, ...told({ capAdd: ['SYS_PTRACE'], capDrop: ['all'] }) })).toMatchObject({ state: 'open-by-choice', short: 'SYS_PTRACE' });
  });
  it('accept any spelling of a declaration', () => {
    expect(of('capabilities', { ...runs({ capabilities: capSets(['CAP_SYS_TIME']) }), ...told({ capAdd: ['CAP_SYS_TIME'], capDrop: ['all'] }) }).drift).toBeNull();
    expect(of('capabilities', { ...runs({ capabilities: capSets(['CAP_SYS_TIME']) }), ...told({ capAdd: ['sys_time'] }) }).drift).toBeNull();
  });
});

describe('seccomp', () => {
  it('stands by the engine’s profile', () => expect(of('seccomp').state).toBe('stands'));
  it('is open by choice where it is off, and differs where a filter was declared', () => {
    const unconfined = told({ seccomp: { kind: 'unconfined', defaultAction: 'SCMP_ACT_ALLOW', rules: [] } });
    expect(of('seccomp', { ...runs({ seccomp: known('disabled', '') }), ...unconfined })).toMatchObject({ state: 'open-by-choice', short: 'off', drift: null });
    expect(of('seccomp', runs({ seccomp: known('disabled', '') })).drift).toBe('builtin');
  });
  it('is thinned by a profile that lets all the rest through', () => {
    expect(of('seccomp', told({ seccomp: { kind: 'custom', defaultAction: 'SCMP_ACT_ALLOW', rules: [] } })).state).toBe('thinned');
  });
});

describe('what is ordinary', () => {
  it('is a lack of seccomp on an engine that gives none to anybody', () => {
    const off = (name: string): Container => ({ ...aContainer({ name }), ...runs({ seccomp: known('disabled', '') }) });
    const s = { ...aSnapshot(), containers: [off('a'), off('b')] };
    expect(engineLacksSeccomp(s)).toBe(true);
    expect(walls(off('a'), host, true)[WALLS.indexOf('seccomp')]).toMatchObject({ state: 'open-as-shipped', drift: null });
    expect(engineLacksSeccomp({ ...s, containers: [off('a'), base] })).toBe(false);
  });
  it('is a tmpfs that was mounted inside, and what a GPU runtime puts into it', () => {
    const tmp = { destination: '/run/x', root: '/', host: '', fstype: 'tmpfs', device: '', writable: true, propagation: 'private', declared: false } as const;
    expect(of('mounts', { mounts: known([tmp], '') })).toMatchObject({ state: 'stands', drift: null });
    expect(of('devices', { devices: known(['/dev/nvidia0'], '') }).drift).toBeNull();
  });
  it('is one that starts: nothing is held against its declaration yet', () => {
    expect(of('noNewPrivs', { ...told({ noNewPrivs: true }), state: 'restarting' }).drift).toBeNull();
  });
  it('is a sandbox within it, with every capability over nothing but itself', () => {
    const inner = aProcess({ pid: 70, uidMap: known([{ inside: 0, outside: 1000, length: 1 }], ''), capabilities: capSets(ALL_CAPS) });
    expect(of('capabilities', runs({}, [inner]))).toMatchObject({ short: 'NET_RAW', pid: null });
  });
});

describe('security module', () => {
  it('is open as shipped on a host that has none, whatever the label says', () => {
    const bare: Host = { ...host, lsms: known(['capability', 'yama'], '') };
    expect(of('lsm', runs({ lsm: unknown('absent', '') }), bare).state).toBe('open-as-shipped');
  });
  it('does not take a profile in the mode unconfined for a wall: runc’s own is one', () => expect(of('lsm', runs({ lsm: known('runc (unconfined)', '') }))).toMatchObject({ state: 'open-by-choice', short: 'unconfined' }));
  it('does not take complain for enforce', () => expect(of('lsm', runs({ lsm: known('shop (complain)', '') }))).toMatchObject({ state: 'thinned', short: 'complain' }));
  it('names the profile that was declared where the kernel has none', () => {
    expect(of('lsm', { ...runs({ lsm: known('unconfined', '') }), ...told({ appArmorProfile: 'shop-mailer' }) })).toMatchObject({ state: 'open-by-choice', drift: 'shop-mailer' });
  });
  it('knows SELinux types that hold and that do not', () => {
    expect(of('lsm', runs({ lsm: known('system_u:system_r:container_t:s0:c1,c2', '') })).state).toBe('stands');
    expect(of('lsm', runs({ lsm: known('system_u:system_r:spc_t:s0', '') }))).toMatchObject({ state: 'open-by-choice', short: 'spc_t' });
  });
  it('is unknown where neither label nor modules could be read', () => {
    expect(of('lsm', runs({ lsm: no }), { ...host, lsms: no }).state).toBe('unknown');
  });
});

describe('root, mounts and devices', () => {
  const mount = { destination: '/data', root: '/', host: '/srv/pg', fstype: 'ext4', device: '', writable: true, propagation: 'private', declared: true } as const;
  it('tell a root that was remounted writable', () => {
    expect(of('rootfs', { rootReadOnly: known(false, ''), ...told({ readonlyRootfs: true }) })).toMatchObject({ state: 'open-by-choice', drift: 'read-only' });
    expect(of('rootfs', { rootReadOnly: known(true, '') }).state).toBe('stands');
  });
  it('are thinned by a folder of data', () => expect(of('mounts', { mounts: known([mount], '') })).toMatchObject({ state: 'thinned', short: '/srv/pg rw' }));
  it('are open by the engine’s socket, read-only or not', () => {
    expect(of('mounts', { mounts: known([{ ...mount, host: '/run/docker.sock', writable: false }], '') })).toMatchObject({ state: 'open-by-choice', short: 'docker.sock ro' });
  });
  it('tell a mount that nobody declared', () => expect(of('mounts', { mounts: known([{ ...mount, declared: false, writable: false }], '') })).toMatchObject({ state: 'open-by-choice', drift: 'not declared' }));
  it('take the engine’s word for a hole, not for a wall', () => {
    const bind = { type: 'bind', source: '/', destination: '/host', writable: false, propagation: 'rprivate' };
    expect(of('mounts', { mounts: no, ...told({ mounts: [bind] }) })).toMatchObject({ state: 'open-by-choice', short: '/ ro' });
    expect(of('mounts', { mounts: no }).state).toBe('unknown');
  });
  it('know a bind of the host’s /proc by its declaration, since it looks like any proc', () => {
    const proc = { ...mount, destination: '/host/proc', host: '', fstype: 'proc', writable: false };
    const bind = { type: 'bind', source: '/proc', destination: '/host/proc', writable: false, propagation: 'rprivate' };
    expect(of('mounts', { mounts: known([proc], ''), ...told({ mounts: [bind] }) })).toMatchObject({ state: 'open-by-choice', short: '/proc ro' });
  });
  it('name devices, and raw disks as holes', () => {
    expect(of('devices', { devices: known(['/dev/net/tun'], ''), ...told({ devices: ['/dev/net/tun:/dev/net/tun:rwm'] }) })).toMatchObject({ state: 'thinned', short: 'net/tun' });
    expect(of('devices', { devices: known(['/dev/nvme0n1'], ''), ...told({ devices: ['/dev/nvme0n1'] }) }).state).toBe('open-by-choice');
    expect(of('devices', { devices: known(['/dev/kmsg'], '') }).drift).toBe('not declared');
    expect(of('devices', { devices: no })).toMatchObject({ state: 'unknown', short: '? no rights' });
  });
});

describe('remedies', () => {
  it('are none for a wall that stands, one sentence for one that does not', () => {
    expect(remedyOf(of('seccomp'))).toBe('');
    expect(remedyOf(of('noNewPrivs'))).toContain('no-new-privileges');
    expect(remedyOf(of('lsm', {}, { ...host, lsms: known([], '') }))).toContain('for this host');
    expect(remedyOf(of('capabilities', { ...runs({ capabilities: capSets([]) }, [aProcess({ pid: 99, role: 'exec', capabilities: capSets(ALL_CAPS) })]) }))).toContain('End that process');
  });
  it('come with the file that decides', () => expect(readFrom(of('capabilities', runs({})))).toBe('/proc/7/status'));
});

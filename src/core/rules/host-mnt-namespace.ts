import { hostNamespaceRule } from './host-namespace.js';

export const hostMntNamespace = hostNamespaceRule({
  id: 'BH-SHARE-06',
  kind: 'mnt',
  severity: 'critical',
  why: 'It sees the host’s own files as the host does; nothing but user ids and capabilities stands between.',
  gives: 'the host’s files are its own',
  remedy: 'Start it through an engine, with a root folder of its own; a mere chroot(2) is no wall to root.',
  bad: 'chroot /srv/build make, as a “container”',
  // A chroot and a plain `unshare` are in it by their nature; they are told as what they are.
  ordinary: (_, w) => w.kind === 'group' && (w.runtime === 'unshare' || w.runtime === 'service'),
});

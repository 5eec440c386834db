import { hostNamespaceRule } from './host-namespace.js';

export const hostNetNamespace = hostNamespaceRule({
  id: 'BH-SHARE-01',
  kind: 'net',
  severity: 'high',
  why: 'It sees and uses the host’s interfaces, reaches services that listen on loopback only, and abstract Unix sockets; with NET_RAW it listens on every wire of the host, with NET_ADMIN it changes them.',
  gives: 'it reaches what listens on loopback, and every interface',
  remedy: 'Publish the ports that are needed (-p) in place of --network host.',
  bad: 'docker run --network host web',
});

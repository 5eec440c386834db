import { hostNamespaceRule } from './host-namespace.js';

export const hostPidNamespace = hostNamespaceRule({
  id: 'BH-SHARE-02',
  kind: 'pid',
  severity: 'high',
  why: 'It sees every process of the host with its command line; as root it can signal them, and with SYS_PTRACE read and change them. Through /proc/<pid>/root it can reach other containers’ files.',
  gives: 'it sees every process of the host, and as root can signal them',
  remedy: 'Take --pid host away; to debug one container join that one (--pid container:NAME).',
  bad: 'docker run --pid host tools',
});

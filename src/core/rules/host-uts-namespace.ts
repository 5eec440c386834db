import { hostNamespaceRule } from './host-namespace.js';

export const hostUtsNamespace = hostNamespaceRule({
  id: 'BH-SHARE-04',
  kind: 'uts',
  severity: 'low',
  why: 'With SYS_ADMIN it can change the host’s name, which logs, certificates and clusters rely on.',
  gives: 'with SYS_ADMIN it can rename the host',
  remedy: 'Take --uts host away; set a name with --hostname.',
  bad: 'docker run --uts host web',
});

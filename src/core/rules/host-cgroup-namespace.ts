import { valueOf } from '../model/reading.js';
import { hostNamespaceRule } from './host-namespace.js';

export const hostCgroupNamespace = hostNamespaceRule({
  id: 'BH-SHARE-05',
  kind: 'cgroup',
  severity: 'low',
  why: 'It sees the whole tree of cgroups, and so the names of the host’s services and the ids of other containers. With cgroup v1 that is the engines’ default, and no finding.',
  gives: 'it sees the host’s whole tree of cgroups',
  remedy: 'Take --cgroupns host away.',
  bad: 'docker run --cgroupns host agent',
  ordinary: ({ snapshot }) => valueOf(snapshot.host.cgroupVersion) !== 'v2',
});

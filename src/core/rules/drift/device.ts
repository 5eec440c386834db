import { isKnown, known } from '../../model/reading.js';
import type { Hit, Rule } from '../rule.js';
import { isDeclaredDevice } from '../devices.js';
import { plainContainer, plainFacts } from '../example.js';
import { settled, subjectOf } from '../subjects.js';
import { told } from '../walls.js';

/** Given by --gpus and by runtimes of makers of accelerators, which the engine lists elsewhere. */
const BY_RUNTIME = /^\/dev\/(nvidia|nvidiactl|kfd|dri\/|dxg|davinci)/u;

export const driftDevice: Rule = {
  id: 'BH-DRIFT-16',
  name: 'drift-device',
  family: 'drift',
  severity: 'high',
  title: 'A container has a device node that was not declared.',
  why: 'Somebody made it, from inside with MKNOD or from the host. Whether it opens is for the device cgroup to say; the node shows that it was tried or wanted.',
  remedy: 'Remove the node; drop MKNOD (--cap-drop MKNOD), which hardly any program needs.',
  references: ['mknod(2)', 'https://docs.kernel.org/admin-guide/cgroup-v1/devices.html'],
  good: { text: '--device /dev/fuse; /dev/fuse', facts: () => plainFacts([plainContainer({ declared: { devices: ['/dev/fuse:/dev/fuse:rwm'] }, devices: known(['/dev/fuse'], '/proc/4200/root/dev') })]) },
  bad: { text: 'docker exec web mknod /dev/disk b 8 0', facts: () => plainFacts([plainContainer({ devices: known(['/dev/disk'], '/proc/4200/root/dev') })]) },
  find: ({ snapshot }) =>
    settled(snapshot).flatMap((c): Hit[] => {
      if (!isKnown(c.devices) || c.declared.privileged) return [];
      const source = c.devices.source;
      // A folder of the host that was declared brings its nodes with it; the device cgroup lets none of them be opened.
      const brought = (node: string) => c.declared.mounts.some((m) => m.type === 'bind' && (node === m.destination || node.startsWith(`${m.destination.replace(/\/+$/u, '')}/`)));
      return c.devices.value.filter((node) => !brought(node) && !isDeclaredDevice(c.declared.devices, node) && !BY_RUNTIME.test(node) && !c.declared.devices.some((d) => d.startsWith('request '))).map((node): Hit => ({
        title: `${c.name} has the device ${node}, which was not declared.`,
        subjects: [subjectOf(c)],
        evidence: [known(node, source.replace(/\/dev$/u, node.slice(0, node.lastIndexOf('/')))), told(c.declared, 'devices')],
        key: node,
      }));
    }),
};

import type { Severity } from '../model/finding.js';
import { isKnown, known } from '../model/reading.js';
import type { Hit, Rule } from './rule.js';
import { plainContainer, plainFacts } from './example.js';
import { deviceInside } from './devices.js';
import { living, subjectOf } from './subjects.js';
import { told } from './walls.js';

const WEIGHT: readonly (readonly [pattern: RegExp, severity: Severity, gives: string])[] = [
  [/^\/dev\/(mem|kmem|port)$/u, 'critical', 'the machine’s memory'],
  [/^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|dm-|md|loop\d|mapper\/|disk\/|root)/u, 'critical', 'a disk of the host, below its files’ permissions'],
  [/^\/dev\/(loop-control|btrfs-control|device-mapper)$/u, 'high', 'the making of block devices'],
  [/^\/dev\/(kmsg|mcelog)$/u, 'medium', 'the kernel’s log'],
  [/^\/dev\/(vfio|uio|bus\/usb)/u, 'high', 'hardware with its own access to memory'],
  [/^\/dev\/(input|uinput|snd|video|hidraw|tty\d|ttyS)/u, 'medium', 'the host’s input, sound or consoles'],
  [/^\/dev\/net\/tun$/u, 'low', 'interfaces of its own making, in its own net namespace'],
  [/^\/dev\/(kvm|fuse|dri|nvidia|kfd)/u, 'low', 'a wide piece of the kernel'],
];

export const deviceAccess: Rule = {
  id: 'BH-WALL-08',
  name: 'device-access',
  family: 'walls',
  severity: 'medium',
  title: 'A container was given a device of the host.',
  why: 'A device is a door into the kernel or the hardware that knows no namespaces: a disk gives every file on it, /dev/mem the machine’s memory; even harmless ones add code of the kernel to attack.',
  remedy: 'Take --device away, or give it with fewer rights (--device /dev/X:/dev/X:r).',
  references: ['https://docs.docker.com/reference/cli/docker/container/run/#device'],
  good: { text: 'docker run web', facts: () => plainFacts() },
  bad: { text: 'docker run --device /dev/sda web', facts: () => plainFacts([plainContainer({ declared: { devices: ['/dev/sda'] }, devices: known(['/dev/sda'], '/proc/4200/root/dev') })]) },
  find: ({ snapshot }) =>
    living(snapshot).flatMap((w): Hit[] => {
      if (w.kind !== 'container' || w.declared.privileged) return [];
      return w.declared.devices.filter((text) => !text.startsWith('request ')).map((text): Hit => {
        if (text.startsWith('rule ')) {
          return { title: `${w.name} may open devices by a rule: ${text.slice('rule '.length)}.`, severity: /^rule [ab] \*|^rule a /u.test(text) ? 'high' : 'low', subjects: [subjectOf(w)], evidence: [told(w.declared, 'devices')], key: text };
        }
        const device = deviceInside(text);
        const [, severity, gives] = WEIGHT.find(([pattern]) => pattern.test(text.split(':')[0] ?? text)) ?? [null, 'medium' as const, 'a piece of the host’s hardware or kernel'];
        return { title: `${w.name} was given ${device}: ${gives}.`, severity, subjects: [subjectOf(w)], evidence: [told(w.declared, 'devices'), ...(isKnown(w.devices) ? [w.devices] : [])], key: device };
      });
    }),
};

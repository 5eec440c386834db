import fc from 'fast-check';
import { cast } from '../cast/cast.js';
import type { Snapshot } from '../../src/core/model/index.js';

/** Names that fight back, each in its own way. */
export const HOSTILE: readonly string[] = [
  '"quoted" and \'single\' and `back`', 'line\nbreak\r\nand\ttab', ']]> <![CDATA[ -->', '</script><script>document.title="owned"</script>', '<img src=x onerror=alert(1)>', '</text></svg><svg onload=alert(1)>',
  '\u202eright to left\u202c \u2066isolated\u2069', 'emoji 👩‍👩‍👧‍👦 🏳️‍🌈 日本語', 'x'.repeat(4000), '\u0000\u0001\u0008\u001b[31mred\u007f\u009b', '=HYPERLINK("http://127.0.0.1/","x")', '+1+cmd|\' /C calc\'!A0', '-2+3', '@SUM(1)', '\u0009=1', '\uff1d1',
  'a;b|c&d$(e)', '%%{init: {"theme":"dark"}}%%', 'end', 'subgraph x', '#quot;#60;', '&amp;&lt;&#x3c;', '\\n\\"\\\\', '\ud800 lone \udfff', '{{x}} ${y} #{z}', '../../etc/passwd', 'C:\\con', '--option', '', ' ', '\ufffe\uffff\ufeff', 'click n0 href "javascript:alert(1)"',
];

export const hostileName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom('"', "'", '<', '>', '&', ']', '-', '\n', '\\', '`', ';', '{', '}', '#', '%', '\u0000', '\u202e', '=', '@', '👾', 'a'), { maxLength: 30 }).map((parts) => parts.join('')) },
);

/** The cast of fourteen with names, images, networks and labels taken from the list, one after the other. */
export function hostileCast(names: readonly string[]): Snapshot {
  const s = cast(14);
  const name = (i: number): string => names[i % names.length] ?? '';
  return {
    ...s,
    host: { ...s.host, hostname: { value: name(0), source: 'engine: Name' } },
    containers: s.containers.map((c, i) => ({ ...c, name: name(i), image: name(i + 1), project: c.project === null ? null : name(i + 2), labels: { [name(i + 3)]: name(i + 4) }, processes: c.processes.map((p) => ({ ...p, comm: name(i + 5) })), process: c.process && { ...c.process, comm: name(i + 5) } })),
    groups: s.groups.map((g, i) => ({ ...g, name: name(i + 6), evidence: name(i + 7) })),
    segments: s.segments.map((g, i) => ({ ...g, name: name(i + 8), project: name(i + 9) })),
    namespaces: s.namespaces.map((n, i) => ({ ...n, members: n.members.map((m) => ({ ...m, name: name(i) })) })),
    notes: [{ about: name(1), text: name(2) }],
  };
}

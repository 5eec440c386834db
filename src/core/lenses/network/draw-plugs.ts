import { hull } from '../../scene/forms.js';
import { FACES, line, path, rect, stroke, text, through } from '../../scene/kit.js';
import type { Mark, PathStep } from '../../scene/marks.js';
import { textWidth } from '../../scene/measure.js';
import { port } from '../../scene/signs.js';
import type { Edge } from '../../scene/scene.js';
import type { PlacedPlug, PlacedStation, PlacedWire } from './layout.js';
import { TRUNK, isWhole } from './metrics.js';

const HOP = 6;

/** A riser's way: from the card to its lane, along it, with a hop over each bus that it passes without a plug. */
function laneSteps(p: PlacedStation, wires: readonly PlacedWire[]): PathStep[] {
  const lane = p.lane!;
  const mine = new Set(p.plugs.map((x) => x.bus));
  const buses = wires.flatMap((w) => w.lines.map((l) => l.y));
  const start = lane.channelY ?? lane.fromY;
  const steps: PathStep[] = lane.channelY === null
    ? [['M', lane.fromX, lane.fromY], ['L', lane.x, lane.fromY]]
    : [['M', lane.fromX, lane.fromY], ['L', lane.fromX, lane.channelY], ['L', lane.x, lane.channelY]];
  const run = (from: number, to: number) => {
    steps.push(['M', lane.x, from]);
    const down = to > from;
    const passed = buses.filter((y) => !mine.has(y) && y > Math.min(from, to) && y < Math.max(from, to));
    for (const y of passed.sort((a, b) => (down ? a - b : b - a))) {
      const s = down ? -1 : 1;
      steps.push(['L', lane.x, y + s * HOP], ['C', lane.x + HOP * 1.4, y + s * HOP, lane.x + HOP * 1.4, y - s * HOP, lane.x, y - s * HOP]);
    }
    steps.push(['L', lane.x, to]);
  };
  if (lane.from < start) run(start, lane.from);
  if (lane.to > start) run(start, lane.to);
  return steps;
}

/** A drop passes a bus only at its own end, so its line is straight. The last step of the first mark is the port. */
function plugMarks(p: PlacedPlug): Mark[] {
  const drop = p.way === 'lane' ? path([['M', p.x, p.bus]], {}) : line(p.x, p.from, p.x, p.bus, 'drop', 1.4);
  return [drop, port(p.x, p.bus, p.plug.isolated)];
}

/** The plugs of a station as connectors. The lane's line belongs to the first of them that runs in it. */
export function plugEdges(p: PlacedStation, wires: readonly PlacedWire[]): Edge[] {
  let laneDrawn = p.lane === null;
  return p.plugs.map((plug): Edge => {
    const marks = plugMarks(plug);
    const far: Mark[] = [];
    if (!laneDrawn && plug.way === 'lane') {
      laneDrawn = true;
      marks.push(path(laneSteps(p, wires), { stroke: stroke('drop', 1.4) }));
      marks.push(port(plug.x, plug.bus, plug.plug.isolated));
      far.push(path(laneSteps(p, wires), { stroke: stroke('drop', 3) }));
    }
    return {
      id: `plug:${p.station.id}@${plug.plug.segment}`, from: p.station.id, to: `bus:${plug.plug.segment}`, kind: 'plug',
      label: [plug.plug.address, plug.plug.veth].filter((x) => x !== '').join(' '), marks, far, layer: 2,
    };
  });
}

/** From afar a card is a tick on its bus; a spoofer's is red, taller, and has a head. */
export function ticks(p: PlacedStation, at: number, risk: boolean): Mark[] {
  return p.plugs.filter((plug) => plug.way !== 'lane').flatMap((plug) => {
    const side = plug.way === 'down' ? -1 : 1;
    const x = plug.x + at * 16;
    const long = risk ? 30 : 22;
    const end = plug.bus + side * long;
    return [
      rect(x - 4, Math.min(plug.bus, end), 8, long, { fill: risk ? 'risk' : 'drop' }),
      ...(risk && side < 0 ? [path(through([[x - 11, end], [x, end - 18], [x + 11, end]], true), { fill: 'risk' })] : []),
    ];
  });
}

/** Address at the card's end, veth at the bus's; for rows of whole cards alone. */
export function plugLabels(p: PlacedStation): Mark[] {
  if (!isWhole(p.size)) return [];
  const [face, line] = p.size === 'large' ? [{ ...FACES.mono, size: 11.5 }, 14] : [FACES.mono, 11.5];
  const marks: Mark[] = [];
  // What goes up from a stack is named above its sheets.
  const sheets = (p.cards[0]?.card.parties.length ?? 1) > 1 && p.cards.length === 1 ? 6 : 0;
  for (const { plug, x, from, way } of p.plugs) {
    if (way === 'lane') continue;
    const down = way === 'down';
    if (plug.address !== '') marks.push(text(x + 8, down ? from + line + 0.5 : from - 6 - sheets, plug.address, face));
    if (plug.veth !== '') marks.push(text(x + 8, down ? from + line * 2 + 0.5 : from - 6.5 - sheets - line, plug.veth, face, 'muted'));
  }
  return marks;
}

/** Who shares a net namespace: the host's in a thick hull that hangs on the trunk. */
export function hullMarks(p: PlacedStation): Mark[] {
  if (!p.station.shared && !p.station.host) return [];
  const { box } = p;
  if (!p.station.host) {
    const up = p.plugs.find((x) => x.way === 'up');
    const labelX = up ? up.x - box.x + 14 + textWidth(up.plug.address, FACES.mono) + 8 : 18;
    const whole = `one net namespace${p.station.inode === null ? '' : `, ${p.station.inode}`}`;
    const room = box.w - labelX - 20;
    const label = [whole, 'one net namespace', 'one net'].find((x) => textWidth(x, FACES.strong) <= room) ?? '';
    return hull(box, label, { labelX });
  }
  const y = box.y + box.h / 2;
  return [
    line(TRUNK, y, box.x, y, 'drop', 1.4),
    path([['A', TRUNK, y, 3.6, 0, Math.PI * 2], ['Z']], { fill: 'drop' }),
    ...hull(box, 'the host’s net', { token: 'ink', width: 2, ink: 'ink', labelX: 16 }),
  ];
}

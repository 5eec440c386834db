import { FACES, circle, line, path, rect, round, stroke, text, through } from './kit.js';
import type { Mark, Token } from './marks.js';
import { textWidth } from './measure.js';
import type { Item } from './scene.js';

/** Signs are paths, since the fonts have none of them. Each is drawn around its centre; `r` is half its size. */
export function triangle(cx: number, cy: number, r = 5.5, token: Token = 'risk', up = true): Mark {
  const s = up ? 1 : -1;
  return path(through([[cx - r, cy + s * r * 0.85], [cx, cy - s * r], [cx + r, cy + s * r * 0.85]], true), { fill: token });
}

export function diamond(cx: number, cy: number, r = 5.5, token: Token = 'warn'): Mark {
  return path(through([[cx, cy - r], [cx + r, cy], [cx, cy + r], [cx - r, cy]], true), { fill: token });
}

export function tick(cx: number, cy: number, r = 5, token: Token = 'fine'): Mark {
  return path(through([[cx - r, cy + r * 0.1], [cx - r * 0.25, cy + r * 0.8], [cx + r, cy - r * 0.75]]), { stroke: stroke(token, 1.8) });
}

/** Unknown: a dotted ring with a question mark. */
export function question(cx: number, cy: number, r = 6, token: Token = 'muted'): Mark[] {
  return [
    circle(cx, cy, r, { stroke: stroke(token, 1.2, { dash: [1.8, 1.8] }) }),
    text(cx, cy + r * 0.6, '?', { size: round(r * 1.65), weight: 600, family: 'sans' }, token, 'middle'),
  ];
}

/** The sign of a state: triangle, diamond, tick or dotted '?'; nothing for none. */
export function stateSign(state: Item['state'], cx: number, cy: number, r = 5.5): Mark[] {
  switch (state) {
    case 'risk': return [triangle(cx, cy, r)];
    case 'mind': return [diamond(cx, cy, r)];
    case 'fine': return [tick(cx, cy, r * 0.9)];
    case 'unknown': return question(cx, cy, r + 0.5);
    case 'none': return [];
  }
}

/** Not as declared: a boxed not-equal sign. */
export function notEqual(cx: number, cy: number, r = 5.5): Mark[] {
  return [
    rect(cx - r, cy - r, r * 2, r * 2, { r: 2, fill: 'warn' }),
    path([...through([[cx - r * 0.55, cy - r * 0.25], [cx + r * 0.55, cy - r * 0.25]]), ...through([[cx - r * 0.55, cy + r * 0.3], [cx + r * 0.55, cy + r * 0.3]]), ...through([[cx - r * 0.35, cy + r * 0.75], [cx + r * 0.35, cy - r * 0.7]])], { stroke: stroke('white', 1.2) }),
  ];
}

/** The prompt alone, `>_`. */
export function prompt(x: number, cy: number, token: Token = 'ink', s = 3.2): Mark[] {
  return [
    path([...through([[x, cy - s], [x + s, cy], [x, cy + s]]), ...through([[x + s * 1.4, cy + s], [x + s * 3, cy + s]])], { stroke: stroke(token, 1.4) }),
  ];
}

/** A process that entered: a dashed box with a prompt and its name. `x`: its left edge; its width is returned. */
export function enteredBox(x: number, cy: number, name: string, ground: Token = 'raised'): { readonly marks: Mark[]; readonly width: number } {
  const width = name === '' ? 20 : 22 + textWidth(name, FACES.small);
  const marks: Mark[] = [
    rect(x, cy - 7, width, 14, { r: 3, fill: ground, stroke: stroke('ink', 1.1, { dash: [2.5, 2] }) }),
    ...prompt(x + 5, cy - 0.5, 'ink', 2.6),
  ];
  if (name !== '') marks.push(text(x + 16.5, cy + 3.5, name, FACES.small));
  return { marks, width };
}

/** An open end: a thin arrow's head, pointing right (angle 0) or elsewhere (radians). */
function arrowHead(x: number, y: number, angle = 0, token: Token = 'ink', s = 6): Mark {
  const at = (a: number): readonly [number, number] => [x - s * Math.cos(angle + a), y - s * Math.sin(angle + a)];
  return path(through([at(0.45), [x, y], at(-0.45)]), { stroke: stroke(token, 1.1) });
}

export function arrow(x1: number, y1: number, x2: number, y2: number, token: Token = 'ink', width = 1.1): Mark[] {
  return [line(x1, y1, x2, y2, token, width), arrowHead(x2, y2, Math.atan2(y2 - y1, x2 - x1), token)];
}

/** An event on the time strip, or an alarm: an upright bar. */
export function eventBar(cx: number, cy: number, token: Token = 'risk'): Mark {
  return rect(cx - 2, cy - 6.5, 4, 13, { r: 1, fill: token });
}

/** A port of a bus: a dot, a hollow square where it is isolated, a dotted ring where nobody could read whether it is (null). */
export function port(cx: number, cy: number, isolated: boolean | null, token: Token = 'drop'): Mark {
  if (isolated === null) return circle(cx, cy, 3.8, { fill: 'ground', stroke: stroke('muted', 1.3, { dash: [1.6, 1.4] }) });
  return isolated
    ? rect(cx - 4, cy - 4, 8, 8, { fill: 'ground', stroke: stroke('ink', 1.5) })
    : path([['A', cx, cy, 3.6, 0, Math.PI * 2], ['Z']], { fill: token, stroke: stroke('ground', 0.8) });
}

import { hatchSteps } from '../../core/scene/hatch.js';
import type { Fill, Mark, PathMark, PathStep, RectMark, Stroke, TextMark, Token } from '../../core/scene/marks.js';

export type Colours = Readonly<Record<Token, string>>;
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const SANS = "'IBM Plex Sans', sans-serif";
const MONO = "'IBM Plex Mono', monospace";

/** Lines of a hatch over a box, clipped to the current path. As lines they are as sharp as everything else at any zoom. */
function hatch(ctx: Context, fill: Exclude<Fill, Token>, colours: Colours, x: number, y: number, w: number, h: number): void {
  ctx.save();
  ctx.clip();
  const angle = (fill.angle * Math.PI) / 180;
  const dx = Math.cos(angle);
  const dy = Math.sin(angle);
  // Distance of a point from the line through the world's origin: so all hatches of one angle lie on one grid.
  const distance = (px: number, py: number): number => px * -dy + py * dx;
  const corners = [distance(x, y), distance(x + w, y), distance(x, y + h), distance(x + w, y + h)];
  const reach = w + h;
  const cx = x + w / 2;
  const cy = y + h / 2;
  const along = cx * dx + cy * dy;
  ctx.beginPath();
  for (let d = Math.ceil(Math.min(...corners) / fill.gap) * fill.gap; d <= Math.max(...corners); d += fill.gap) {
    const ox = -dy * d + dx * along;
    const oy = dx * d + dy * along;
    ctx.moveTo(ox - dx * reach, oy - dy * reach);
    ctx.lineTo(ox + dx * reach, oy + dy * reach);
  }
  ctx.strokeStyle = colours[fill.hatch];
  ctx.lineWidth = fill.width;
  ctx.setLineDash([]);
  ctx.stroke();
  ctx.restore();
}

function stroke(ctx: Context, s: Stroke, colours: Colours): void {
  ctx.strokeStyle = colours[s.token];
  ctx.lineWidth = s.width;
  ctx.lineCap = s.cap ?? 'butt';
  ctx.setLineDash((s.dash ?? []) as number[]);
  ctx.stroke();
}

function steps(ctx: Context, d: readonly PathStep[]): void {
  for (const s of d) {
    if (s[0] === 'M') ctx.moveTo(s[1], s[2]);
    else if (s[0] === 'L') ctx.lineTo(s[1], s[2]);
    else if (s[0] === 'C') ctx.bezierCurveTo(s[1], s[2], s[3], s[4], s[5], s[6]);
    else if (s[0] === 'A') ctx.arc(s[1], s[2], Math.max(0, s[3]), s[4], s[5]);
    else ctx.closePath();
  }
}

/** Lines of a hatch are many: they are computed once a mark. */
const hatches = new WeakMap<RectMark, Path2D>();

function hatchOf(m: RectMark, fill: Exclude<Fill, Token>): Path2D {
  let lines = hatches.get(m);
  if (lines === undefined) {
    lines = new Path2D();
    for (const s of hatchSteps(m, fill)) {
      if (s[0] === 'M') lines.moveTo(s[1], s[2]);
      else if (s[0] === 'L') lines.lineTo(s[1], s[2]);
    }
    hatches.set(m, lines);
  }
  return lines;
}

function rect(ctx: Context, m: RectMark, colours: Colours): void {
  if (m.w <= 0 || m.h <= 0) return;
  if (m.r === undefined && m.fill !== undefined && typeof m.fill === 'string' && m.stroke === undefined) {
    ctx.fillStyle = colours[m.fill];
    ctx.fillRect(m.x, m.y, m.w, m.h);
    return;
  }
  ctx.beginPath();
  if (m.r === undefined || m.r <= 0) ctx.rect(m.x, m.y, m.w, m.h);
  else ctx.roundRect(m.x, m.y, m.w, m.h, Math.min(m.r, m.w / 2, m.h / 2));
  if (typeof m.fill === 'string') {
    ctx.fillStyle = colours[m.fill];
    ctx.fill();
  } else if (m.fill !== undefined) {
    ctx.strokeStyle = colours[m.fill.hatch];
    ctx.lineWidth = m.fill.width;
    ctx.lineCap = 'butt';
    ctx.setLineDash([]);
    ctx.stroke(hatchOf(m, m.fill));
    ctx.beginPath();
    ctx.roundRect(m.x, m.y, m.w, m.h, Math.min(m.r ?? 0, m.w / 2, m.h / 2));
  }
  if (m.stroke !== undefined) stroke(ctx, m.stroke, colours);
}

function trace(ctx: Context, m: PathMark): void {
  ctx.beginPath();
  steps(ctx, m.d);
}

function extent(m: PathMark): readonly [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const s of m.d) {
    if (s[0] === 'Z') continue;
    const r = s[0] === 'A' ? s[3] : 0;
    for (let i = 1; i + 1 < (s[0] === 'A' ? 3 : s.length); i += 2) {
      const px = Number(s[i]);
      const py = Number(s[i + 1]);
      [x0, y0, x1, y1] = [Math.min(x0, px - r), Math.min(y0, py - r), Math.max(x1, px + r), Math.max(y1, py + r)];
    }
  }
  return [x0, y0, x1 - x0, y1 - y0];
}

function path(ctx: Context, m: PathMark, colours: Colours): void {
  trace(ctx, m);
  if (typeof m.fill === 'string') {
    ctx.fillStyle = colours[m.fill];
    ctx.fill();
  } else if (m.fill !== undefined) {
    hatch(ctx, m.fill, colours, ...extent(m));
    trace(ctx, m);
  }
  if (m.stroke !== undefined) stroke(ctx, m.stroke, colours);
}

const fonts = new Map<number, string>();

function fontOf(m: TextMark): string {
  const key = m.size * 10 + (m.weight === 600 ? 1 : 0) + (m.family === 'mono' ? 2 : 0);
  let font = fonts.get(key);
  if (font === undefined) {
    font = `${m.weight} ${m.size}px ${m.family === 'mono' ? MONO : SANS}`;
    fonts.set(key, font);
  }
  return font;
}

function text(ctx: Context, m: TextMark, colours: Colours): void {
  ctx.font = fontOf(m);
  ctx.textAlign = m.anchor === 'middle' ? 'center' : m.anchor;
  ctx.fillStyle = colours[m.fill];
  ctx.fillText(m.text, m.x, m.y);
}

/** Paints marks in the context's current coordinates. */
export function paintMarks(ctx: Context, marks: readonly Mark[], colours: Colours): void {
  for (const m of marks) {
    if (m.kind === 'clip') {
      ctx.save();
      ctx.beginPath();
      ctx.rect(m.x, m.y, m.w, m.h);
      ctx.clip();
      paintMarks(ctx, m.children, colours);
      ctx.restore();
      continue;
    }
    const faint = m.opacity !== undefined && m.opacity < 1;
    const before = ctx.globalAlpha;
    if (faint) ctx.globalAlpha = before * (m.opacity ?? 1);
    if (m.kind === 'rect') rect(ctx, m, colours);
    else if (m.kind === 'path') path(ctx, m, colours);
    else text(ctx, m, colours);
    if (faint) ctx.globalAlpha = before;
  }
}

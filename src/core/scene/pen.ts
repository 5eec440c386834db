import { area, line, type CurveFactory, curveLinear } from 'd3-shape';
import { round } from './kit.js';
import type { PathStep } from './marks.js';

type Point = readonly [number, number];

/** A path that d3-shape draws on and that keeps the steps as marks have them. */
class Pen {
  readonly steps: PathStep[] = [];
  #x = 0;
  #y = 0;

  moveTo(x: number, y: number): void {
    this.#put(['M', round(x), round(y)], x, y);
  }
  lineTo(x: number, y: number): void {
    this.#put(['L', round(x), round(y)], x, y);
  }
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#put(['C', round(x1), round(y1), round(x2), round(y2), round(x), round(y)], x, y);
  }
  quadraticCurveTo(cx: number, cy: number, x: number, y: number): void {
    const third = (from: number, to: number) => from + ((to - from) * 2) / 3;
    this.bezierCurveTo(third(this.#x, cx), third(this.#y, cy), third(x, cx), third(y, cy), x, y);
  }
  arc(cx: number, cy: number, r: number, from: number, to: number): void {
    this.#put(['A', round(cx), round(cy), round(r), from, to], cx + r * Math.cos(to), cy + r * Math.sin(to));
  }
  arcTo(x1: number, y1: number): void {
    this.lineTo(x1, y1);
  }
  rect(x: number, y: number, w: number, h: number): void {
    this.moveTo(x, y);
    this.lineTo(x + w, y);
    this.lineTo(x + w, y + h);
    this.lineTo(x, y + h);
    this.closePath();
  }
  closePath(): void {
    this.steps.push(['Z']);
  }
  #put(step: PathStep, x: number, y: number): void {
    this.steps.push(step);
    this.#x = x;
    this.#y = y;
  }
}

/** A line through points, by d3-shape. */
export function lineThrough(points: readonly Point[], curve: CurveFactory = curveLinear): PathStep[] {
  const pen = new Pen();
  line<Point>().curve(curve).context(pen as never)(points as Point[]);
  return pen.steps;
}

/** What lies between a vertical at `x` and a line through points, by d3-shape. */
export function areaFrom(x: number, points: readonly Point[], curve: CurveFactory = curveLinear): PathStep[] {
  const pen = new Pen();
  area<Point>().x0(x).x1((p) => p[0]).y((p) => p[1]).curve(curve).context(pen as never)(points as Point[]);
  return pen.steps;
}

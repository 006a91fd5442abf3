/**
 * The points of one live series, thinned when there are many.
 *
 * When the limit is reached, neighbouring points are averaged in pairs, and from then on every point stands for
 * twice as many values: a run of any length keeps its whole curve at one resolution, in bounded memory.
 */

export interface Points {
  x: number[];
  /** null where the value was not finite; the line has a gap there. */
  y: (number | null)[];
}

export interface PointBuffer {
  readonly points: Points;
  /** Take a value. Returns true when earlier points changed, so that a reader has to read all again. */
  push(x: number, y: number): boolean;
  /** Take the points beyond `x` away. Returns them, after the last one before, where the curve goes on from. */
  cut(x: number): Points;
}

/** @param limit points kept at most; even */
export function pointBuffer(limit = 4000): PointBuffer {
  const points: Points = { x: [], y: [] };
  /** How many values one point stands for. */
  let stride = 1;
  let waiting: number[] = [];

  function push(x: number, y: number): boolean {
    waiting.push(y);
    if (waiting.length < stride) return false;
    points.x.push(x);
    points.y.push(mean(waiting));
    waiting = [];
    if (points.x.length < limit) return false;
    halve();
    return true;
  }

  function halve(): void {
    const half = points.x.length / 2;
    for (let i = 0; i < half; i++) {
      points.x[i] = points.x[2 * i + 1];
      points.y[i] = mean([points.y[2 * i], points.y[2 * i + 1]]);
    }
    points.x.length = half;
    points.y.length = half;
    stride *= 2;
  }

  function cut(x: number): Points {
    const beyond = points.x.findIndex((at) => at > x);
    const end = beyond < 0 ? points.x.length : beyond;
    const start = beyond < 0 ? end : Math.max(0, end - 1);
    const taken = { x: points.x.slice(start), y: points.y.slice(start) };
    points.x.length = points.y.length = end;
    waiting = [];
    return taken;
  }

  return { points, push, cut };
}

/** Mean of the finite values in six digits (more is noise, and makes long files), null when there is none. */
function mean(values: (number | null)[]): number | null {
  const finite = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (finite.length === 0) return null;
  return Number((finite.reduce((sum, value) => sum + value, 0) / finite.length).toPrecision(6));
}

/**
 * Rotary position embedding: pairs of channels turn by an angle that grows with the position.
 *
 * Paper: Su et al., "RoFormer", arXiv 2104.09864. `B` batch, `H` heads, `T` time, `D` channels per head. Two
 * layouts exist: "halves" pairs channel i with i + D/2 (LLaMA, GPT-NeoX), "interleaved" pairs 2i with 2i + 1
 * (the paper, GPT-J). The gradient is the same rotation backwards.
 */
import { fail } from "../../core/errors.ts";
import { add, literal, mul, sub } from "../graph/elementwise.ts";
import { concat, reshape, slice } from "../graph/layout.ts";
import type { Value } from "../graph/value.ts";
import type { tf } from "../tf.ts";
import { fused } from "./fused.ts";

export interface RotaryOptions {
  layout?: "halves" | "interleaved";
  /** Wavelengths grow geometrically up to 2π · base. */
  base?: number;
  /** Position of the first time step: tokens that came before, when decoding with a cache. */
  offset?: number;
}

type Settings = Required<RotaryOptions>;

/** Cosines or sines of position · base^(−2i/D): [T, D/2]. */
function angles(
  of: (angle: number) => number,
  time: number,
  pairs: number,
  { base, offset }: Settings,
): Value {
  const values = Array.from({ length: time * pairs }, (_, index) => {
    const [position, pair] = [offset + Math.floor(index / pairs), index % pairs];
    return of(position * base ** (-pair / pairs));
  });
  return literal(values, [time, pairs]);
}

/** Rotate each pair; `direction` −1 turns back. */
function rotate(x: Value, settings: Settings, direction: 1 | -1): Value {
  const [lead, time, channels] = [
    x.shape.slice(0, -2),
    x.shape[x.shape.length - 2],
    x.shape[x.shape.length - 1],
  ];
  const pairs = channels / 2;
  const halves = settings.layout === "halves";
  const cos = reshape(angles(Math.cos, time, pairs, settings), halves ? [time, 1, pairs] : [time, pairs, 1]);
  const sin = reshape(
    angles((a) => direction * Math.sin(a), time, pairs, settings),
    cos.shape,
  );
  const paired = reshape(x, [...lead, time, ...(halves ? [2, pairs] : [pairs, 2])]);
  const axis = paired.shape.length - (halves ? 2 : 1);
  const part = (index: number): Value =>
    slice(
      paired,
      paired.shape.map((_, i) => (i === axis ? index : 0)),
      paired.shape.map((extent, i) => (i === axis ? 1 : extent)),
    );
  const [first, second] = [part(0), part(1)];
  const turned = [sub(mul(first, cos), mul(second, sin)), add(mul(first, sin), mul(second, cos))];
  return reshape(concat(turned, axis), x.shape);
}

const rotaryGradient = fused("RotaryGradient", ({ dy }, settings) => rotate(dy, settings, -1));

const rotaryKernel = fused("Rotary", ({ x }, settings) => rotate(x, settings, 1), {
  inputs: [],
  of: (dy, _saved, settings) => ({ x: () => rotaryGradient({ dy }, settings) }),
});

/**
 * Rotate the channels of queries or keys by their position.
 *
 * @param x [..., T, D], D even
 * @returns the same shape
 * @throws GradbookError when D is odd
 */
export function rotary<T extends tf.Tensor>(
  x: T,
  { layout = "halves", base = 10_000, offset = 0 }: RotaryOptions = {},
): T {
  if (x.rank < 2 || x.shape[x.rank - 1] % 2 !== 0)
    fail("rotary", {
      expected: "x [..., time, channels] with an even number of channels",
      got: `[${x.shape}]`,
    });
  return rotaryKernel({ x }, { layout, base, offset }) as T;
}

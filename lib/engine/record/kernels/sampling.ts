/**
 * tfjs's kernels that read an image at computed places: cropping boxes out of it, and projective transforms.
 *
 * `B` images `[B, H, W, C]`, `N` results, `h`, `w` their extents; places are pixels as floats `[N, h, w]`.
 */
import * as e from "../../graph/elementwise.ts";
import { gather } from "../../graph/indexing.ts";
import { reshape, slice } from "../../graph/layout.ts";
import type { Value } from "../../graph/value.ts";
import type { Recorder } from "../register.ts";

const { add, mul, sub, shift, scale } = e;
const floor = (x: Value): Value => e.unary("floor", x);
/** As Math.round: halves go up. */
const round = (x: Value): Value => floor(shift(x, 0.5));
const clamp = (x: Value, low: number, high: number): Value =>
  e.binary("max", e.binary("min", x, e.scalar(high)), e.scalar(low));
const towardsZero = (x: Value): Value => e.cast(e.cast(x, "int32"), "float32");
const both = (a: Value, b: Value): Value => e.binary("and", a, b);

/** 0 ≤ place ≤ last. */
const within = (place: Value, last: number): Value =>
  both(e.compare("greaterEqual", place, e.scalar(0)), e.compare("lessEqual", place, e.scalar(last)));

const lastAxis = (x: Value): Value => reshape(x, [...x.shape, 1]);

/** Pixels at whole places, the nearest one where a place lies outside: [N, h, w, C]. `image` numbers: [N, 1, 1]. */
function pixels(images: Value, image: Value, y: Value, x: Value): Value {
  const [batch, height, width, channels] = images.shape;
  const whole = (place: Value, extent: number): Value => e.cast(clamp(place, 0, extent - 1), "int32");
  const rows = add(mul(image, e.scalar(height, "int32")), whole(y, height));
  const numbers = add(mul(rows, e.scalar(width, "int32")), whole(x, width));
  return gather(reshape(images, [batch * height * width, channels]), numbers, 0);
}

type Read = (y: Value, x: Value) => Value;

/** The four pixels around a place, mixed by how near they are. */
function bilinear(read: Read, y: Value, x: Value): Value {
  const [top, left] = [floor(y), floor(x)];
  const [down, across] = [lastAxis(sub(y, top)), lastAxis(sub(x, left))];
  const mix = (a: Value, b: Value, share: Value): Value => add(a, mul(sub(b, a), share));
  const row = (at: Value): Value => mix(read(at, left), read(at, shift(left, 1)), across);
  return mix(row(top), row(shift(top, 1)), down);
}

/** [n] whole numbers from 0 as floats, of the given shape. */
const counting = (n: number, shape: number[]): Value => e.literal([...Array(n).keys()], shape);

/** Column i of a matrix, as [rows, 1, 1]. */
const column = (matrix: Value, i: number): Value =>
  reshape(slice(matrix, [0, i], [matrix.shape[0], 1]), [matrix.shape[0], 1, 1]);

/** Where a crop's rows (or columns) lie, from the box's two borders as shares of the image: [N, ...shape]. */
function cropPlaces(from: Value, to: Value, extent: number, size: number, shape: number[]): Value {
  if (size === 1) return scale(add(from, to), 0.5 * (extent - 1));
  const distance = scale(sub(to, from), (extent - 1) / (size - 1));
  return add(scale(from, extent - 1), mul(counting(size, shape), distance));
}

const cropAndResize: Recorder = ({ image, boxes, boxInd }, { cropSize, method, extrapolationValue }) => {
  const [batch, height, width] = image.shape;
  const [rows, columns] = cropSize as [number, number];
  const pixelsOf = e.cast(image, "float32");
  const y = cropPlaces(column(boxes, 0), column(boxes, 2), height, rows, [1, rows, 1]);
  const x = cropPlaces(column(boxes, 1), column(boxes, 3), width, columns, [1, 1, columns]);
  const number = reshape(e.cast(boxInd, "int32"), [boxes.shape[0], 1, 1]);
  const known = e.compare("less", number, e.scalar(batch, "int32"));
  const read: Read = (row, col) =>
    pixels(pixelsOf, e.binary("min", number, e.scalar(batch - 1, "int32")), row, col);
  const sampled = method === "bilinear" ? bilinear(read, y, x) : read(round(y), round(x));
  const inside = both(within(y, height - 1), within(x, width - 1));
  const filled = e.select(lastAxis(inside), sampled, e.scalar(extrapolationValue));
  return e.select(lastAxis(known), filled, e.scalar(0));
};

/** Places outside the image, brought back as the fill mode says; "constant" leaves them outside. */
function bringBack(place: Value, extent: number, mode: string): Value {
  if (mode === "constant") return place;
  const negative = e.compare("less", place, e.scalar(0));
  const beyond = e.compare("greater", place, e.scalar(extent - 1));
  const otherwise = (below: Value, above: Value): Value =>
    e.select(negative, below, e.select(beyond, above, place));
  const periods = (x: Value, length: number): Value => towardsZero(scale(x, 1 / length));
  let back = place;
  if (extent > 1 && mode === "reflect") {
    const period = 2 * extent;
    const near = add(scale(periods(scale(place, -1), period), period), place);
    const deep = e.compare("less", near, e.scalar(-extent));
    const below = e.select(deep, shift(near, period), shift(scale(near, -1), -1));
    const rest = sub(place, scale(periods(place, period), period));
    const turned = shift(scale(rest, -1), period - 1);
    back = otherwise(below, e.select(e.compare("greaterEqual", rest, e.scalar(extent)), turned, rest));
  } else if (extent > 1 && mode === "wrap") {
    const turns = shift(periods(scale(place, -1), extent - 1), 1);
    back = otherwise(add(place, scale(turns, extent)), sub(place, scale(periods(place, extent - 1), extent)));
  }
  return clamp(back, 0, extent - 1);
}

const transform: Recorder = ({ image, transforms }, { interpolation, fillMode, fillValue, outputShape }) => {
  const [batch, height, width] = image.shape;
  const [rows, columns] = (outputShape ?? [height, width]) as [number, number];
  const [outX, outY] = [counting(columns, [1, 1, columns]), counting(rows, [1, rows, 1])];
  const line = (i: number, last: Value): Value =>
    add(add(mul(column(transforms, i), outX), mul(column(transforms, i + 1), outY)), last);
  const projection = line(6, e.scalar(1));
  const infinite = e.compare("equal", projection, e.scalar(0));
  const divisor = e.select(infinite, e.scalar(1), projection);
  const x = bringBack(e.div(line(0, column(transforms, 2)), divisor), width, fillMode);
  const y = bringBack(e.div(line(3, column(transforms, 5)), divisor), height, fillMode);
  const numbers = e.literal([...Array(batch).keys()], [batch, 1, 1], "int32");
  const fill = e.scalar(fillValue);
  const source = e.cast(image, "float32");
  const read: Read = (row, col) => {
    const inside = both(within(row, height - 1), within(col, width - 1));
    return e.select(lastAxis(inside), pixels(source, numbers, row, col), fill);
  };
  const sampled = interpolation === "bilinear" ? bilinear(read, y, x) : read(round(y), round(x));
  return e.cast(e.select(lastAxis(infinite), fill, sampled), image.dtype);
};

export const samplingRecorders: Record<string, Recorder> = {
  CropAndResize: cropAndResize,
  Transform: transform,
};

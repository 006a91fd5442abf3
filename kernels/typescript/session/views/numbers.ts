/** Numbers at a glance: shape and kind, range and mean, a histogram, the first values. */
import type { MimeBundle } from "../../../../lib/notebook/host.ts";

type Numeric = ArrayLike<number>;

interface Summary {
  min: number;
  mean: number;
  max: number;
  /** NaN and infinities: in training, the first thing to look for. */
  notFinite: number;
  /** Finite values per bin, from min to max. */
  bins: number[];
}

const BINS = 32;
const FIRST = 8;

/** @param title such as `Float32Array(784)` or `Tensor float32 [32, 784]` */
export function numbersView(title: string, values: Numeric): MimeBundle {
  const summary = summarize(values);
  const facts = [
    `min ${show(summary.min)}, mean ${show(summary.mean)}, max ${show(summary.max)}`,
    ...(summary.notFinite > 0 ? [`${summary.notFinite} not finite`] : []),
  ].join("; ");
  const first = Array.from({ length: Math.min(values.length, FIRST) }, (_, i) => show(values[i])).join(", ");
  const list = `[${first}${values.length > FIRST ? ", …" : ""}]`;
  if (values.length === 0) return { "text/plain": `${title} []` };
  return {
    "text/plain": `${title}  ${facts}\n${list}`,
    "text/html": `<div><b>${title}</b> ${facts}</div>${histogram(summary.bins)}<div><code>${list}</code></div>`,
  };
}

/** Range, mean and histogram of the finite values. */
export function summarize(values: Numeric): Summary {
  let [min, max, sum, finite] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    finite++;
  }
  const bins = new Array<number>(BINS).fill(0);
  const scale = max > min ? BINS / (max - min) : 0;
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (Number.isFinite(value)) bins[Math.min(BINS - 1, Math.floor((value - min) * scale))]++;
  }
  return { min, mean: finite > 0 ? sum / finite : NaN, max, notFinite: values.length - finite, bins };
}

function histogram(bins: number[]): string {
  const tallest = Math.max(...bins, 1);
  const bars = bins.map((count, i) => {
    const height = (28 * count) / tallest;
    return `<rect x="${i * 5}" y="${(28 - height).toFixed(1)}" width="4" height="${height.toFixed(1)}"/>`;
  });
  const label = "histogram of the values";
  return `<svg width="160" height="28" fill="currentColor" opacity="0.6" role="img" aria-label="${label}">${bars.join("")}</svg>`;
}

const show = (value: number) => (Number.isInteger(value) ? String(value) : Number(value).toPrecision(4));

/** Images side by side, from numbers: weights, feature maps, samples. */
import { fail } from "../../core/errors.ts";
import type { Displayable } from "../bundle.ts";
import { html } from "../display.ts";
import { escapeHtml } from "../escape-html.ts";
import { encodePng } from "./encode-png.ts";

export interface ImageGridOptions {
  /** Pixels of each image: [height, width], or [height, width, channels] with 1, 3 or 4 channels. */
  shape: readonly [height: number, width: number, channels?: number];
  /** Text under each image. */
  labels?: readonly string[];
  /** The values that are black and white; by default the smallest and the largest of all images. */
  range?: readonly [number, number];
  /** Screen pixels per image pixel. */
  zoom?: number;
}

/**
 * @param values all images one after the other
 * @throws GradbookError when the values are no whole number of images
 * @example imageGrid(digits, { shape: [28, 28], labels: ["3", "7"] })
 */
export function imageGrid(values: ArrayLike<number>, options: ImageGridOptions): Displayable {
  const [height, width, channels = 1] = options.shape;
  const { labels = [], zoom = 2 } = options;
  const size = height * width * channels;
  const count = values.length / size;
  if (!Number.isInteger(count)) {
    fail("imageGrid", { expected: `a multiple of ${size} values, one image each`, got: values.length });
  }
  const [low, high] = options.range ?? rangeOf(values);
  const scale = 255 / (high - low || 1);
  const bytes = Uint8ClampedArray.from(values, (value) => (value - low) * scale);
  const images = Array.from({ length: count }, (_, index) => {
    const pixels = new Uint8Array(bytes.buffer, index * size, size);
    const source = Buffer.from(encodePng(pixels, width, height)).toString("base64");
    const label = labels[index] ?? `image ${index + 1}`;
    const caption = labels[index] === undefined ? "" : `<figcaption>${escapeHtml(label)}</figcaption>`;
    const style = `width:${width * zoom}px;height:${height * zoom}px;image-rendering:pixelated`;
    return `<figure style="margin:0;text-align:center"><img alt="${escapeHtml(label)}" style="${style}" src="data:image/png;base64,${source}">${caption}</figure>`;
  });
  const grid = `<div style="display:flex;flex-wrap:wrap;gap:8px">${images.join("")}</div>`;
  return html(
    grid,
    `${count} images of ${height} × ${width} pixels${labels.length ? `: ${labels.join(", ")}` : ""}`,
  );
}

function rangeOf(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return [low, high];
}

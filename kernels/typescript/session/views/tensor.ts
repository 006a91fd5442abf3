/** tfjs tensors: shape, dtype and values; as a picture when the shape is that of one. */
import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";
import type { MimeBundle } from "../../../../lib/notebook/host.ts";
import { numbersView } from "./numbers.ts";

/** The part of tf.Tensor that is used; recognised by shape, because several copies of tfjs may be loaded. */
interface Tensor {
  shape: number[];
  dtype: string;
  size: number;
  isDisposed: boolean;
  dataSync(): ArrayLike<number>;
}

/** Bigger ones are described without reading them back from the engine. */
const MAX_READ = 4_000_000;
const MAX_SIDE = 1_024;
const MIN_SIDE = 8;

export function isTensor(value: object): value is Tensor {
  return "dataId" in value && "shape" in value && "dtype" in value && "dataSync" in value;
}

export function tensorView(tensor: Tensor): MimeBundle {
  const { shape, dtype } = tensor;
  const title = `Tensor ${dtype} [${shape.join(", ")}]`;
  if (tensor.isDisposed) return { "text/plain": `${title} (disposed)` };
  if (tensor.size > MAX_READ || dtype === "string" || dtype === "complex64") return { "text/plain": title };
  const values = tensor.dataSync();
  const view = numbersView(title, values);
  const image = pictureOf(shape, values);
  if (!image) return view;
  const source = `data:image/png;base64,${image.toString("base64")}`;
  return { ...view, "text/html": `${view["text/html"] as string}<img src="${source}" alt="${title}">` };
}

/** [height, width, 1, 3 or 4] with values in 0…1 or 0…255 is a picture. */
function pictureOf(shape: number[], values: ArrayLike<number>): Buffer | undefined {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || ![1, 3, 4].includes(channels)) return undefined;
  if (Math.min(height, width) < MIN_SIDE || Math.max(height, width) > MAX_SIDE) return undefined;
  const pixels = Array.from(values);
  const largest = pixels.reduce((max, value) => Math.max(max, value), 0);
  const smallest = pixels.reduce((min, value) => Math.min(min, value), 0);
  if (smallest < 0 || largest > 255) return undefined;
  const scale = largest <= 1 ? 255 : 1;
  const bytes = Uint8Array.from(pixels, (value) => Math.round(value * scale));
  return encodePng(width, height, channels, bytes);
}

/** A PNG without filters; source: the PNG specification, third edition. */
export function encodePng(width: number, height: number, channels: number, bytes: Uint8Array): Buffer {
  const colourType = { 1: 0, 3: 2, 4: 6 }[channels] ?? 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType, 0, 0, 0], 8);
  const row = width * channels;
  const raw = Buffer.alloc((row + 1) * height); // Each row begins with its filter type, 0.
  for (let y = 0; y < height; y++) raw.set(bytes.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

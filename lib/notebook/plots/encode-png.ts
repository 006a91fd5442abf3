/**
 * Pixels to a PNG file: 8 bits per channel, no interlacing, no filters.
 *
 * Source: the PNG specification (ISO/IEC 15948): signature, then chunks IHDR, IDAT (zlib), IEND, each with its
 * length before and its CRC-32 after it.
 */
import { crc32, deflateSync } from "node:zlib";
import { fail } from "../../core/errors.ts";

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
/** PNG's code of the colour type, by the number of channels. */
const COLOR_TYPES: Record<number, number> = { 1: 0, 3: 2, 4: 6 };

/**
 * @param pixels row by row, [height, width, channels], channels 1 (grey), 3 (RGB) or 4 (RGBA)
 * @throws GradbookError when the size does not fit
 */
export function encodePng(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const channels = pixels.length / (width * height);
  const colorType = COLOR_TYPES[channels];
  if (colorType === undefined) {
    fail("encodePng", {
      expected: `${width} × ${height} pixels of 1, 3 or 4 channels`,
      got: `${pixels.length} bytes`,
    });
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, colorType);

  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    // The byte before each row names its filter: 0, none.
    rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  const parts = [
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ];
  return Buffer.concat([SIGNATURE, ...parts]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = new DataView(new ArrayBuffer(8));
  ends.setUint32(0, data.length);
  ends.setUint32(4, crc32(body));
  return Buffer.concat([new Uint8Array(ends.buffer, 0, 4), body, new Uint8Array(ends.buffer, 4, 4)]);
}

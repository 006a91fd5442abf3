import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../lib/checkpoint/index.ts";

/** A file with this header and body. */
function fileOf(header: unknown, body: number[] = []): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.from(body)]);
}

const decode = (file: Uint8Array) => decodeSafetensors(file, "x.safetensors");
const f32 = (start: number, end: number, shape = [1]): object => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

describe("safetensors", () => {
  it("survive writing and reading", () => {
    const tensors = new Map([
      ["b", { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 1e-30) }],
      ["a", { shape: [], data: Float32Array.of(NaN) }],
      ["none", { shape: [0, 3], data: new Float32Array() }],
    ]);
    const file = encodeSafetensors(tensors, { format: "test" });
    const read = decode(file);
    expect(read.metadata).toEqual({ format: "test" });
    expect([...read.tensors.keys()]).toEqual(["b", "a", "none"]);
    for (const [name, { shape, data }] of tensors)
      expect(read.tensors.get(name)).toEqual({ dtype: "F32", shape, data, data_offsets: expect.anything() });
    expect(Number(file.readBigUInt64LE(0)) % 8).toBe(0);
  });

  it("widen half precision", () => {
    // 1.5, −2, the smallest subnormal, infinity; then 1.5 and −2 in bfloat16.
    const half = [0x3e00, 0xc000, 0x0001, 0x7c00].flatMap((word) => [word & 255, word >> 8]);
    const brain = [0x3fc0, 0xc000].flatMap((word) => [word & 255, word >> 8]);
    const { tensors } = decode(
      fileOf(
        {
          h: { dtype: "F16", shape: [4], data_offsets: [0, 8] },
          b: { dtype: "BF16", shape: [2], data_offsets: [8, 12] },
        },
        [...half, ...brain],
      ),
    );
    expect([...tensors.get("h")!.data]).toEqual([1.5, -2, 2 ** -24, Infinity]);
    expect([...tensors.get("b")!.data]).toEqual([1.5, -2]);
  });

  it.each([
    ["nothing", new Uint8Array(), "got 0 bytes"],
    ["a header longer than the file", fileOf("{}").subarray(0, 9), "a header of 2 bytes in 9"],
    [
      "a header of 2⁶³ bytes",
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 128, 123, 125]),
      "expected a safetensors file",
    ],
    ["a header that is no JSON", fileOf("{no}"), "expected a JSON header"],
    ["a header that is no object", fileOf("[1]"), "expected an object as header"],
    ["an unknown dtype", fileOf({ a: { dtype: "F3", shape: [1], data_offsets: [0, 4] } }), "for a, got"],
    [
      "an inherited dtype",
      fileOf({ a: { dtype: "toString", shape: [1], data_offsets: [0, 4] } }),
      "for a, got",
    ],
    ["a negative dimension", fileOf({ a: f32(0, 4, [-1]) }, [0, 0, 0, 0]), "for a, got"],
    ["a null entry", fileOf({ a: null }), "for a, got null"],
    [
      "overlapping tensors",
      fileOf({ a: f32(0, 4), b: f32(0, 4) }, [0, 0, 0, 0]),
      "4 bytes for b from byte 4",
    ],
    ["a gap", fileOf({ a: f32(4, 8) }, [0, 0, 0, 0, 0, 0, 0, 0]), "4 bytes for a from byte 0"],
    [
      "a shape larger than its bytes",
      fileOf({ a: f32(0, 4, [1e6, 1e6]) }, [0, 0, 0, 0]),
      "damaged or cut off",
    ],
    ["a body that is cut off", fileOf({ a: f32(0, 4) }, [0, 0]), "damaged or cut off"],
    [
      "bytes that belong to no tensor",
      fileOf({ a: f32(0, 4) }, [0, 0, 0, 0, 0]),
      "expected 4 bytes of tensors, got 5",
    ],
  ])("refuse %s", (_, file, sentence) => {
    expect(() => decode(file)).toThrow(sentence);
    expect(() => decode(file)).toThrow(/^x\.safetensors: /);
  });
});

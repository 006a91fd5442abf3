import { describe, expect, it } from "vitest";
import { jsonFraming, v1Framing } from "../../../studio/server/kernels/framing.ts";

const parts = ['{"msg_id":"1"}', "{}", "{}", '{"text":"schön"}'].map((text) => Buffer.from(text));
const buffers = [Buffer.from([1, 2, 3]), Buffer.from([])];
const texts = (frames: Uint8Array[]) => frames.map((frame) => Buffer.from(frame).toString());

describe("v1 framing", () => {
  it("carries channel, parts and buffers byte for byte", () => {
    const bytes = Buffer.from(v1Framing.encode({ channel: "iopub", parts: [...parts, ...buffers] }));
    const decoded = v1Framing.decode(bytes, true);
    expect(decoded.channel).toBe("iopub");
    expect(decoded.parts.map((part) => Buffer.from(part))).toEqual([...parts, ...buffers]);
  });

  it("starts with the count of offsets and the offset of the channel, as the protocol says", () => {
    const bytes = Buffer.from(v1Framing.encode({ channel: "shell", parts }));
    expect(bytes.readBigUInt64LE(0)).toBe(6n);
    expect(bytes.readBigUInt64LE(8)).toBe(56n); // 7 numbers of 8 bytes stand before it.
    expect(bytes.subarray(56, 61).toString()).toBe("shell");
  });

  it("refuses bytes that are no message", () => {
    expect(() => v1Framing.decode(Buffer.from("not a message at all"), true)).toThrow();
    expect(() => v1Framing.decode(Buffer.alloc(0), true)).toThrow();
  });
});

describe("JSON framing", () => {
  it("is text without buffers and binary with them", () => {
    const text = jsonFraming.encode({ channel: "iopub", parts });
    expect(JSON.parse(text as string)).toMatchObject({
      channel: "iopub",
      content: { text: "schön" },
      buffers: [],
    });
    const binary = jsonFraming.encode({ channel: "iopub", parts: [...parts, ...buffers] });
    const decoded = jsonFraming.decode(Buffer.from(binary as Uint8Array), true);
    expect(texts(decoded.parts.slice(0, 4))).toEqual(texts(parts));
    expect(decoded.parts.slice(4).map((part) => Buffer.from(part))).toEqual(buffers);
  });
});

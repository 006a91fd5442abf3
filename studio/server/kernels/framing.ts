/**
 * Kernel messages on a WebSocket.
 *
 * Two framings exist. `v1.kernel.websocket.jupyter.org` puts the JSON parts as they are behind a table of
 * offsets, so a message passes through without being parsed:
 *   count u64, offsets u64[count] (little endian; the last one is the end), channel, header, parent,
 *   metadata, content, buffers…
 * Clients that do not ask for it get the older one: one JSON object with a `channel`; with buffers it is
 * binary: count u32, offsets u32[count] (big endian), JSON, buffers….
 *
 * Source: Jupyter Server, "WebSocket kernel wire protocols".
 */
export const V1_PROTOCOL = "v1.kernel.websocket.jupyter.org";

/** A message between socket kinds: header, parent, metadata and content as JSON bytes, then buffers. */
export interface ChannelFrames {
  channel: string;
  parts: Uint8Array[];
}

export interface Framing {
  encode(frames: ChannelFrames): Uint8Array | string;
  /** @throws Error when the bytes are no such message */
  decode(data: Buffer, isBinary: boolean): ChannelFrames;
}

export const v1Framing: Framing = {
  encode({ channel, parts }) {
    const pieces = [Buffer.from(channel), ...parts];
    const table = Buffer.alloc(8 * (pieces.length + 2));
    table.writeBigUInt64LE(BigInt(pieces.length + 1), 0);
    let offset = table.length;
    pieces.forEach((piece, i) => {
      table.writeBigUInt64LE(BigInt(offset), 8 * (i + 1));
      offset += piece.length;
    });
    table.writeBigUInt64LE(BigInt(offset), 8 * (pieces.length + 1));
    return Buffer.concat([table, ...pieces]);
  },
  decode(data) {
    const count = Number(data.readBigUInt64LE(0));
    if (count < 6 || 8 * (count + 1) > data.length)
      throw new Error("a kernel message needs a channel and four parts");
    const offsets = Array.from({ length: count }, (_, i) => Number(data.readBigUInt64LE(8 * (i + 1))));
    const [channel, ...parts] = offsets.slice(0, -1).map((start, i) => data.subarray(start, offsets[i + 1]));
    return { channel: channel.toString(), parts };
  },
};

const PART_NAMES = ["header", "parent_header", "metadata", "content"] as const;

export const jsonFraming: Framing = {
  encode({ channel, parts }) {
    const text = (part: Uint8Array) => Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString();
    const fields = PART_NAMES.map((name, i) => `"${name}":${text(parts[i])}`);
    const buffers = parts.slice(4);
    const json = `{"channel":"${channel}",${fields.join(",")},"buffers":[]}`;
    if (buffers.length === 0) return json;
    const pieces = [Buffer.from(json), ...buffers];
    const table = Buffer.alloc(4 * (pieces.length + 1));
    table.writeUInt32BE(pieces.length, 0);
    let offset = table.length;
    pieces.forEach((piece, i) => {
      table.writeUInt32BE(offset, 4 * (i + 1));
      offset += piece.length;
    });
    return Buffer.concat([table, ...pieces]);
  },
  decode(data, isBinary) {
    let json = data;
    let buffers: Buffer[] = [];
    if (isBinary) {
      const count = data.readUInt32BE(0);
      const offsets = Array.from({ length: count }, (_, i) => data.readUInt32BE(4 * (i + 1)));
      [json, ...buffers] = offsets.map((start, i) => data.subarray(start, offsets[i + 1]));
    }
    const message = JSON.parse(json.toString()) as Record<string, unknown>;
    const parts = PART_NAMES.map((name) => Buffer.from(JSON.stringify(message[name] ?? {})));
    return { channel: String(message.channel), parts: [...parts, ...buffers] };
  },
};

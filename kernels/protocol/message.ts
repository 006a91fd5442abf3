/**
 * Jupyter wire messages: how a message becomes signed ZeroMQ frames and back.
 *
 * Frames: [routing identities…] `<IDS|MSG>` signature header parent_header metadata content [buffers…];
 * the signature is HMAC-SHA256 over the four JSON frames.
 * Source: Jupyter messaging protocol 5.4, "The wire protocol".
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  /** ISO 8601. */
  date: string;
  version: string;
  subshell_id?: string | null;
}

export interface Message<Content = Record<string, unknown>> {
  /** ZeroMQ routing prefix: who to answer. Empty on a DEALER or SUB socket. */
  identities: Uint8Array[];
  header: Header;
  parent_header: Header | Record<string, never>;
  metadata: Record<string, unknown>;
  content: Content;
  buffers: Uint8Array[];
}

export const PROTOCOL_VERSION = "5.4";
export const DELIMITER = Buffer.from("<IDS|MSG>");

export function makeHeader(msgType: string, session: string, username = "gradbook"): Header {
  return {
    msg_id: randomUUID(),
    msg_type: msgType,
    session,
    username,
    date: new Date().toISOString(),
    version: PROTOCOL_VERSION,
  };
}

/** HMAC-SHA256 in hex over the header, parent, metadata and content frames; empty when there is no key. */
export function sign(key: string, parts: readonly Uint8Array[]): Buffer {
  if (key === "") return Buffer.alloc(0);
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return Buffer.from(mac.digest("hex"));
}

/** True when `signature` fits the four JSON frames; compared in constant time. */
export function verify(key: string, signature: Uint8Array, parts: readonly Uint8Array[]): boolean {
  if (key === "") return true;
  const expected = sign(key, parts);
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

/** The frames after the routing identities' delimiter; undefined when there is no delimiter. */
export function splitFrames(
  frames: readonly Uint8Array[],
): { identities: Uint8Array[]; parts: Uint8Array[] } | undefined {
  const at = frames.findIndex((frame) => DELIMITER.equals(frame));
  return at < 0 ? undefined : { identities: frames.slice(0, at), parts: frames.slice(at + 1) };
}

/** Message → frames, ready for a socket's `send`. */
export function encodeMessage(message: Message<unknown>, key: string): Uint8Array[] {
  const json = [message.header, message.parent_header, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  return [...message.identities, DELIMITER, sign(key, json), ...json, ...message.buffers];
}

/**
 * Frames → message.
 * @throws Error when the delimiter is missing, frames are short, the signature is wrong or the JSON is broken.
 */
export function decodeMessage<Content = Record<string, unknown>>(
  frames: readonly Uint8Array[],
  key: string,
): Message<Content> {
  const split = splitFrames(frames);
  if (!split || split.parts.length < 5) {
    throw new Error(
      `decodeMessage: expected [identities] <IDS|MSG> signature and four JSON frames, got ${frames.length} frames`,
    );
  }
  const [signature, ...rest] = split.parts;
  const json = rest.slice(0, 4);
  if (!verify(key, signature, json)) throw new Error("decodeMessage: the signature does not fit the message");
  const [header, parent_header, metadata, content] = json.map((part) =>
    JSON.parse(Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("utf8")),
  );
  return { identities: split.identities, header, parent_header, metadata, content, buffers: rest.slice(4) };
}

/** What goes over the wire between a process and the store: a line of JSON, then bytes. */
import type { Socket } from "node:net";

export interface Head {
  /** A request's number, which its answer has too. */
  id: number;
  op: "put" | "get" | "tryGet" | "sum" | "value" | "none";
  key: string;
  /** Of the bytes behind. */
  length: number;
  /** How long `get` waits, and how many processes `sum` is of. */
  timeout?: number;
  size?: number;
}

export function send(
  socket: Socket,
  head: Omit<Head, "length">,
  bytes: Uint8Array = new Uint8Array(0),
): void {
  socket.write(`${JSON.stringify({ ...head, length: bytes.length })}\n`);
  if (bytes.length > 0) socket.write(bytes);
}

/** Calls `take` with each frame that arrives whole. */
export function onFrames(socket: Socket, take: (head: Head, bytes: Buffer) => void): void {
  let parts: Buffer[] = [];
  let held = 0;
  let head: Head | undefined;
  const joined = (): Buffer => {
    const all = parts.length === 1 ? parts[0] : Buffer.concat(parts, held);
    parts = [all];
    return all;
  };
  socket.on("data", (chunk: Buffer) => {
    parts.push(chunk);
    held += chunk.length;
    for (;;) {
      if (!head) {
        const all = joined();
        const end = all.indexOf(10);
        if (end < 0) return;
        head = JSON.parse(all.toString("utf8", 0, end)) as Head;
        parts = [all.subarray(end + 1)];
        held = parts[0].length;
      }
      if (held < head.length) return;
      const all = joined();
      take(head, all.subarray(0, head.length));
      parts = [all.subarray(head.length)];
      held = parts[0].length;
      head = undefined;
    }
  });
}

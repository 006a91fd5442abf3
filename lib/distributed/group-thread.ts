/** A thread that talks to the store, so that the main thread can wait for an answer. Rank 0's keeps the store as well. */
import { connect, type Socket } from "node:net";
import { workerData, type MessagePort } from "node:worker_threads";
import { onFrames, send, type Head } from "./frames.ts";
import type { Rank } from "./rank.ts";
import { Store } from "./store.ts";

export interface Request {
  op: Head["op"] | "close";
  key: string;
  bytes?: Uint8Array;
  timeout?: number;
  size?: number;
}
export type Answer = { bytes?: Uint8Array } | { failure: string };

type Given = Rank & { signal: SharedArrayBuffer; patience: number; channel: MessagePort };
const { rank, host, port, signal, patience, channel } = workerData as Given;
const flag = new Int32Array(signal);
let current: { id: number; done: (answer: Answer) => void } | undefined;
let next = 0;
let isClosing = false;
let lost: string | undefined;

function answer(message: Answer): void {
  channel.postMessage(message);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

/** Rank 0 may not be there yet. */
async function connected(): Promise<Socket> {
  const until = Date.now() + patience;
  for (;;) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = connect(port, host, () => resolve(socket)).once("error", reject);
      });
    } catch (cause) {
      if (Date.now() > until) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

try {
  const store = rank === 0 ? await Store.listen(port) : undefined;
  const socket = await connected();
  socket.setNoDelay(true);
  const fell = (): void => {
    if (isClosing) return;
    lost = "the connection to rank 0 is lost: its process has ended";
    current?.done({ failure: lost });
  };
  socket.removeAllListeners("error").on("error", fell).on("close", fell);
  onFrames(socket, (head, bytes) => {
    if (head.id === current?.id) current.done(head.op === "none" ? {} : { bytes: Uint8Array.from(bytes) });
  });
  channel.on("message", ({ op, key, bytes, timeout, size }: Request) => {
    if (op === "close") {
      isClosing = true;
      socket.end();
      void Promise.resolve(store?.close()).then(() => {
        answer({});
        channel.close();
      });
      return;
    }
    if (lost) return answer({ failure: lost });
    const id = ++next;
    const late = op === "sum" ? setTimeout(() => current?.done({ failure: `not everybody came to ${key} within ${patience / 1000} s` }), patience) : undefined; // prettier-ignore
    current = {
      id,
      done(message) {
        clearTimeout(late);
        current = undefined;
        answer(message);
      },
    };
    send(socket, { id, op, key, timeout, size }, bytes);
  });
  answer({});
} catch (cause) {
  answer({ failure: (cause as Error).message });
}

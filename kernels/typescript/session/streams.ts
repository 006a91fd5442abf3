/**
 * stdout and stderr of the user's code become messages to the wire thread, cell by cell.
 *
 * Each write is posted at once, so a front end sees it although the user thread is busy for minutes.
 * What native code writes to the file descriptors directly goes to the terminal of the server.
 */
import { Console } from "node:console";
import process from "node:process";
import type { FromUser } from "../shared/messages.ts";
import { currentCell } from "./cell-context.ts";

type WriteCallback = (error?: Error | null) => void;

/** Replaces the writers of process.stdout and process.stderr, and the global console. */
export function redirectStreams(post: (message: FromUser) => void): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new TextDecoder();
    process[name].write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | WriteCallback,
      callback?: WriteCallback,
    ): boolean => {
      const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
      post({ type: "stream", cell: currentCell().cell, name, text });
      const done = typeof encoding === "function" ? encoding : callback;
      if (done) process.nextTick(done);
      return true;
    };
  }
  // Node's own console also hands each call to the inspector, which keeps the last thousand arguments alive.
  globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr, colorMode: false });
}

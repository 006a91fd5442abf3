/**
 * The session outlives mistakes: uncaught errors and process.exit() in user code are reported, not obeyed.
 * Only when the wire thread dies does the process end, because nobody could reach it.
 */
import { writeSync } from "node:fs";
import process from "node:process";
import type { Worker } from "node:worker_threads";
import { reportError } from "./errors.ts";
import { isInterrupt } from "./safely.ts";

/** The real exit, kept from before process.exit became a report. */
const exit = process.exit.bind(process);

/** Ends the process; the user's own exit handlers run. */
export function leave(): void {
  exit(0);
}

export function keepAlive(wire: Worker): void {
  wire.on("error", (error) => {
    writeSync(2, `kernel thread failed: ${error.stack}\n`);
    exit(1);
  });
  wire.on("exit", (code) => exit(code));
  process.on("uncaughtException", (error) => reportUncaught("Uncaught", error));
  process.on("unhandledRejection", (reason) => reportUncaught("Uncaught (in a promise)", reason));
  process.on("SIGINT", () => {}); // Ctrl+C in the terminal of a server; Stop comes as a message.
  process.exit = (code) => {
    throw new Error(
      `process.exit(${code ?? ""}) does not end a notebook session; use Restart or Shut Down of the kernel`,
    );
  };
}

/** Shows an error that nobody can catch, below the cell that it comes from. */
export function reportUncaught(title: string, reason: unknown): void {
  if (isInterrupt(reason)) return; // Left-over work of a stopped cell.
  process.stderr.write(`${title}: ${reportError(reason).traceback.join("\n")}\n`);
}

/**
 * The process in which foreign code runs: reads the code from its input, runs it in a realm of its own, writes one
 * line of JSON.
 *
 * The realm has the language and a `console` that collects, nothing of Node: no object of this process is ever put
 * into it, so there is no way to reach `process` or `require` from one. Started by run.ts with Node's permission model
 * on, a small heap and a time limit, in case there is a way all the same.
 */
import { readFileSync } from "node:fs";
import { constants, createContext, runInContext } from "node:vm";

interface Request {
  code: string;
  timeout: number;
  maxOutput: number;
}

const { code, timeout, maxOutput } = JSON.parse(readFileSync(0, "utf8")) as Request;

/** Made inside the realm, so that its functions are the realm's own. */
const PRELUDE = `
globalThis.__output = "";
globalThis.console = (() => {
  const show = (value) => {
    if (typeof value === "string") return value;
    try { return JSON.stringify(value) ?? String(value); } catch { return String(value); }
  };
  const write = (...values) => {
    if (__output.length <= ${Number(maxOutput)}) __output += values.map(show).join(" ") + "\\n";
  };
  return { log: write, info: write, warn: write, error: write, debug: write };
})();
delete globalThis.WebAssembly;
delete globalThis.SharedArrayBuffer;
delete globalThis.Atomics;
`;

const realm = createContext(constants.DONT_CONTEXTIFY, {
  codeGeneration: { strings: false, wasm: false },
  microtaskMode: "afterEvaluate",
});

function answer(result: object): void {
  const output = String(runInContext("String(__output)", realm, { timeout: 100 })).slice(0, maxOutput);
  process.stdout.write(JSON.stringify({ ...result, output }));
}

runInContext(PRELUDE, realm);
try {
  const value: unknown = runInContext(code, realm, { timeout, filename: "code.js" });
  // Only text leaves the realm: an object of it could bring functions along.
  const text = typeof value === "object" && value !== null ? undefined : String(value);
  answer({ ok: true, value: text?.slice(0, maxOutput) });
} catch (error) {
  const timedOut = (error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
  let message = "an error that cannot be shown";
  try {
    message = String(error).slice(0, maxOutput);
  } catch {
    // An error whose text throws is foreign code at work; the sentence above has to do.
  }
  answer({ ok: false, timedOut, error: timedOut ? `no end after ${timeout} ms` : message });
}

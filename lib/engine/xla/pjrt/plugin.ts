/**
 * An XLA plugin: a shared library with one exported function, which gives a table of all the others.
 *
 * A plugin is never unloaded: its threads outlive whatever used it.
 */
import { existsSync } from "node:fs";
import koffi from "koffi";
import { fail, GradbookError } from "../../../core/errors.ts";
import { outOfMemory } from "../../out-of-memory.ts";
import { addressOf, NativeStruct, pinLibrary, textAt, viewOf } from "./memory.ts";
import { API_VERSION, CALLS, type CallName } from "./structs.ts";

type Values = Readonly<Record<string, bigint | number>>;
type Native = ((args: bigint) => unknown) & {
  async(args: bigint, done: (failure: Error | null, result: unknown) => void): void;
};

// Types without a name: an edited copy of this file may be loaded beside the first.
const FUNCTION = koffi.proto("void *", ["void *"]);
const PROCEDURE = koffi.proto("void", ["void *"]);
const PROCEDURES: readonly CallName[] = ["Error_Destroy", "Error_Message"];

/** Load the library and ask it for its table of functions. */
function tableOf(path: string): bigint {
  try {
    // Plugins read it when they are loaded, and would tell of every client on the error stream.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
    pinLibrary(path);
    return addressOf(koffi.load(path).func("void *GetPjrtApi()")());
  } catch (cause) {
    const got = `${path}: ${(cause as Error).message}`;
    return fail("XLA plugin", { expected: "a shared library that exports GetPjrtApi", got, cause });
  }
}

export class Plugin {
  readonly path: string;
  /** Version of the C interface that it offers. */
  readonly version: { major: number; minor: number };
  readonly #table: DataView;
  readonly #functions = new Map<CallName, Native>();
  /** One argument structure for each function that was called: a call is over before the next one. */
  readonly #arguments = new Map<CallName, NativeStruct>();

  /** @throws GradbookError when the file is missing, no plugin, or of another major version */
  constructor(path: string) {
    if (!existsSync(path))
      fail("XLA plugin", { expected: "a plugin's shared library", got: `nothing at ${path}` });
    this.path = path;
    const api = tableOf(path);
    const head = new DataView(viewOf(api, 40).buffer);
    this.version = { major: head.getInt32(32, true), minor: head.getInt32(36, true) };
    if (this.version.major !== API_VERSION.major)
      fail("XLA plugin", {
        expected: `PJRT interface ${API_VERSION.major}.x`,
        got: `${this.version.major}.${this.version.minor} of ${path}`,
      });
    this.#table = new DataView(viewOf(api, Number(head.getBigUint64(0, true))).buffer);
    this.call("Plugin_Initialize", {});
  }

  /** Call a function and hand its structure to `read`, which must not keep it. @throws GradbookError with XLA's text */
  call(name: CallName, values: Values): void;
  call<T>(name: CallName, values: Values, read: (args: NativeStruct) => T): T;
  call<T>(name: CallName, values: Values, read?: (args: NativeStruct) => T): T | undefined {
    let args = this.#arguments.get(name);
    if (args) args.fill(values);
    else this.#arguments.set(name, (args = new NativeStruct(CALLS[name][1], values)));
    this.check(this.#function(name)(args.address));
    return read?.(args);
  }

  /** Call a function that the plugin gave as a pointer. */
  callBack(address: bigint, argument: bigint): void {
    (koffi.decode(address, PROCEDURE) as Native)(argument);
  }

  /** Wait for an event, which ends with that, on this thread. */
  wait(event: bigint): void {
    try {
      this.call("Event_Await", { event });
    } finally {
      this.call("Event_Destroy", { event });
    }
  }

  /** Wait for an event on a thread of its own: the event loop stays free. */
  waitAsync(event: bigint): Promise<void> {
    const args = new NativeStruct(CALLS.Event_Await[1], { event });
    return new Promise((resolve, reject) =>
      this.#function("Event_Await").async(args.address, (failure, error) => {
        args.dispose();
        try {
          this.call("Event_Destroy", { event });
          if (failure) throw failure;
          this.check(error);
          resolve();
        } catch (cause) {
          reject(cause);
        }
      }),
    );
  }

  /** Throw what a function returned, if that is an error. */
  check(returned: unknown): void {
    const error = addressOf(returned);
    if (error === 0n) return;
    const message = this.call("Error_Message", { error }, (args) => textAt(args.get("text"), Number(args.get("length")))); // prettier-ignore
    this.call("Error_Destroy", { error });
    const asked = /out of memory.*?(\d+) ?bytes/i.exec(message)?.[1];
    throw asked ? outOfMemory(Number(asked), new Error(message)) : new GradbookError("XLA", message);
  }

  #function(name: CallName): Native {
    let known = this.#functions.get(name);
    if (known) return known;
    const [slot] = CALLS[name];
    const address = slot + 8 <= this.#table.byteLength ? this.#table.getBigUint64(slot, true) : 0n;
    if (address === 0n)
      fail("XLA plugin", {
        expected: `a plugin that has PJRT_${name}`,
        got: this.path,
        hint: "install a newer one",
      });
    known = koffi.decode(address, PROCEDURES.includes(name) ? PROCEDURE : FUNCTION) as Native;
    this.#functions.set(name, known);
    return known;
  }
}

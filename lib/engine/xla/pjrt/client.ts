/**
 * A plugin's client: its devices, arrays on them, and compiled programs.
 *
 * The plugin compares byte counts only and ends the process where a shape or dtype surprises it, so both are
 * checked here before every call. Dispose buffers, then executables, then the client.
 */
import koffi from "koffi";
import { fail } from "../../../core/errors.ts";
import { sameShape } from "../../graph/shape.ts";
import {
  allocate,
  sizeOf,
  type Data,
  type Dtype,
  type OutputType,
  type Resident,
  type Shape,
} from "../../graph/value.ts";
import { compileOptions } from "./compile-options.ts";
import { nativeBytes, NativeMemory, NativeStruct, textAt, viewOf } from "./memory.ts";
import type { Plugin } from "./plugin.ts";
import { BUFFER_TYPE, EXECUTE_OPTIONS, PROGRAM } from "./structs.ts";

const utf8 = new TextEncoder();
const typeName = ({ dtype, shape }: OutputType): string => `${dtype}[${shape}]`;

/** Frees the memory of arrays that nobody disposed, when they are collected. */
const forgotten = new FinalizationRegistry<() => void>((free) => free());

/** An array on a device. */
export class DeviceBuffer implements OutputType, Resident {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly client: Client;
  readonly #plugin: Plugin;
  #handle: bigint;
  #donated = false;

  constructor(client: Client, handle: bigint, { shape, dtype }: OutputType) {
    const { plugin } = client;
    [this.client, this.#plugin, this.#handle] = [client, plugin, handle];
    [this.shape, this.dtype] = [shape, dtype];
    forgotten.register(this, () => plugin.call("Buffer_Destroy", { buffer: handle }), this);
  }

  /** The native buffer. @throws GradbookError after `dispose`, or when a program took its memory over */
  get handle(): bigint {
    if (this.#handle === 0n || this.#donated)
      fail("XLA buffer", { expected: "a buffer that is alive", got: `a disposed or donated ${typeName(this)}` }); // prettier-ignore
    return this.#handle;
  }

  /** Its numbers, copied; the event loop stays free until they are there. */
  async read(): Promise<Data> {
    const { data, event } = this.#copy();
    await this.#plugin.waitAsync(event);
    return data;
  }

  /** Its numbers, copied; waits on this thread. */
  readSync(): Data {
    const { data, event } = this.#copy();
    this.#plugin.wait(event);
    return data;
  }

  /** Straight into a typed array: its memory stays where it is. */
  #copy(): { data: Data; event: bigint } {
    const data = allocate(this.dtype, sizeOf(this.shape));
    const request = { buffer: this.handle, data: addressOfArray(data), length: data.byteLength };
    const event = this.#plugin.call("Buffer_ToHostBuffer", request, (args) => args.get("event"));
    return { data, event };
  }

  /** A program has taken the memory over. */
  donate(): void {
    this.#donated = true;
  }

  dispose(): void {
    if (this.#handle === 0n) return;
    forgotten.unregister(this);
    this.#plugin.call("Buffer_Destroy", { buffer: this.#handle });
    this.#handle = 0n;
  }
}

/** Where a typed array's numbers are. */
const addressOfArray = (data: Data): bigint =>
  data.length > 0 ? BigInt(koffi.address(new Uint8Array(data.buffer))) + BigInt(data.byteOffset) : 0n;

/** What a compiled program takes and gives. */
export interface Signature {
  inputs: readonly OutputType[];
  outputs: readonly OutputType[];
}

/** A compiled program on one device. */
export class Executable {
  readonly signature: Signature;
  readonly #client: Client;
  readonly #plugin: Plugin;
  readonly #handle: bigint;
  /** Lists that a run fills in: inputs, outputs, the two with their event, options, places of kept inputs. */
  readonly #memory;
  #disposed = false;

  /** @throws GradbookError when the program has another number of outputs than the signature */
  constructor(client: Client, handle: bigint, signature: Signature) {
    const { plugin } = client;
    [this.#client, this.#plugin, this.#handle, this.signature] = [client, plugin, handle, signature];
    this.#memory = {
      given: new NativeMemory(8 * signature.inputs.length),
      made: new NativeMemory(8 * signature.outputs.length),
      lists: new NativeMemory(24),
      options: new NativeStruct(EXECUTE_OPTIONS),
      places: new NativeMemory(8 * signature.inputs.length),
    };
    const count = this.#inner((executable) =>
      plugin.call("Executable_NumOutputs", { executable }, (args) => Number(args.get("count"))),
    );
    if (count === signature.outputs.length) return;
    this.dispose();
    fail("XLA program", { expected: `${signature.outputs.length} outputs`, got: String(count) });
  }

  /**
   * Start the program; its outputs may be used at once, reading them waits.
   *
   * @param kept places of inputs that the program must leave alone although its text lets it take them over
   * @param donated places of inputs that it takes over: they are gone afterwards
   * @param wait for the end, so that a failure is thrown here and not where an output is read
   */
  run(
    inputs: readonly DeviceBuffer[],
    {
      kept = [],
      donated = [],
      wait = false,
    }: { kept?: readonly number[]; donated?: readonly number[]; wait?: boolean } = {},
  ): DeviceBuffer[] {
    const { inputs: expected, outputs } = this.signature;
    const fits = (input: OutputType, i: number): boolean =>
      input.dtype === expected[i].dtype && sameShape(input.shape, expected[i].shape);
    if (inputs.length !== expected.length || !inputs.every(fits))
      fail("XLA program", { expected: `(${expected.map(typeName)})`, got: `(${inputs.map(typeName)})` });
    const { given, made, lists, options, places } = this.#memory;
    inputs.forEach(({ handle }, i) => (given.words[i] = handle));
    kept.forEach((place, i) => (places.words[i] = BigInt(place)));
    options.fill({ kept: places.address, keptCount: kept.length });
    lists.words.set([given.address, made.address]);
    this.#plugin.call("LoadedExecutable_Execute", {
      executable: this.#handle,
      options: options.address,
      inputs: lists.address,
      deviceCount: 1,
      inputCount: inputs.length,
      outputs: lists.address + 8n,
      events: lists.address + 16n,
    });
    const [, , event] = lists.words;
    const results = outputs.map((type, i) => new DeviceBuffer(this.#client, made.words[i], type));
    for (const place of donated) inputs[place].donate();
    if (!wait) this.#plugin.call("Event_Destroy", { event });
    else
      try {
        this.#plugin.wait(event);
      } catch (failure) {
        for (const result of results) result.dispose();
        throw failure;
      }
    return results;
  }

  /** Ask something of the program apart from the device that it is loaded on. */
  #inner<T>(ask: (executable: bigint) => T): T {
    const executable = this.#plugin.call("LoadedExecutable_GetExecutable", { loaded: this.#handle }, (args) => args.get("executable")); // prettier-ignore
    try {
      return ask(executable);
    } finally {
      this.#plugin.call("Executable_Destroy", { executable });
    }
  }

  /** The compiled program as bytes, for `Client.load` of the same plugin on the same machine. */
  serialize(): Uint8Array {
    return this.#inner((executable) =>
      this.#plugin.call("Executable_Serialize", { executable }, (args) => {
        const bytes = viewOf(args.get("bytes"), Number(args.get("length"))).slice();
        this.#plugin.callBack(args.get("free"), args.get("owner"));
        return bytes;
      }),
    );
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#plugin.call("LoadedExecutable_Destroy", { executable: this.#handle });
    for (const memory of Object.values(this.#memory)) memory.dispose();
  }
}

export class Client {
  readonly plugin: Plugin;
  /** "cpu", "cuda", … and its version. */
  readonly platform: string;
  readonly platformVersion: string;
  readonly #handle: bigint;
  readonly #devices: readonly bigint[];

  constructor(plugin: Plugin) {
    this.plugin = plugin;
    const client = plugin.call("Client_Create", {}, (args) => args.get("client"));
    this.#handle = client;
    const text = (args: NativeStruct): string => textAt(args.get("text"), Number(args.get("length")));
    this.platform = plugin.call("Client_PlatformName", { client }, text);
    this.platformVersion = plugin.call("Client_PlatformVersion", { client }, text);
    this.#devices = plugin.call("Client_AddressableDevices", { client }, (args) => {
      const bytes = viewOf(args.get("devices"), 8 * Number(args.get("count")));
      return [...new BigUint64Array(bytes.slice().buffer)];
    });
  }

  /** The plugin's own words for each device of this process. */
  devices(): string[] {
    return this.#devices.map((device) => {
      const description = this.plugin.call("Device_GetDescription", { device }, (args) => args.get("description")); // prettier-ignore
      return this.plugin.call("DeviceDescription_DebugString", { description }, (args) =>
        textAt(args.get("text"), Number(args.get("length"))),
      );
    });
  }

  /** Bytes of the first device's memory; undefined where the plugin does not count them, as on a CPU. */
  memory(): { used: number; peak?: number; limit?: number } | undefined {
    const [device] = this.#devices;
    try {
      return this.plugin.call("Device_MemoryStats", { device }, (args) => ({
        used: Number(args.get("inUse")),
        peak: args.get("hasPeak") ? Number(args.get("peak")) : undefined,
        limit: args.get("hasLimit") ? Number(args.get("limit")) : undefined,
      }));
    } catch {
      return undefined;
    }
  }

  /** Copy an array to the first device. @throws GradbookError when its length or type does not fit */
  upload(data: Data, type: OutputType): DeviceBuffer {
    const { constructor, length } = allocate(type.dtype, 0);
    if (length !== 0 || data.constructor !== constructor || data.length !== sizeOf(type.shape))
      fail("XLA upload", { expected: typeName(type), got: `${data.constructor.name} of ${data.length}` });
    const shape = new NativeMemory(8 * type.shape.length);
    type.shape.forEach((extent, axis) => (shape.words[axis] = BigInt(extent)));
    try {
      const request = {
        client: this.#handle,
        data: addressOfArray(data),
        type: BUFFER_TYPE[type.dtype],
        shape: shape.address,
        rank: type.shape.length,
        device: this.#devices[0],
      };
      const [buffer, event] = this.plugin.call("Client_BufferFromHostBuffer", request, (args) => [args.get("buffer"), args.get("event")]); // prettier-ignore
      // The data was copied during the call; the event says so.
      this.plugin.wait(event);
      return new DeviceBuffer(this, buffer, type);
    } finally {
      shape.dispose();
    }
  }

  /** A program that was serialized. @throws GradbookError when the plugin does not take it */
  load(bytes: Uint8Array, signature: Signature): Executable {
    const memory = nativeBytes(bytes);
    try {
      const request = { client: this.#handle, bytes: memory.address, length: bytes.length };
      const executable = this.plugin.call("Executable_DeserializeAndLoad", request, (args) => args.get("executable")); // prettier-ignore
      return new Executable(this, executable, signature);
    } finally {
      memory.dispose();
    }
  }

  /** Compile StableHLO text. @throws GradbookError with the compiler's text */
  compile(stablehlo: string, signature: Signature): Executable {
    const [code, format, options] = [
      utf8.encode(stablehlo),
      utf8.encode("mlir"),
      compileOptions(this.platform),
    ].map((bytes) => ({ memory: nativeBytes(bytes), length: bytes.length }));
    const program = new NativeStruct(PROGRAM, {
      code: code.memory.address,
      codeLength: code.length,
      format: format.memory.address,
      formatLength: format.length,
    });
    try {
      const request = {
        client: this.#handle,
        program: program.address,
        options: options.memory.address,
        optionsLength: options.length,
      };
      const executable = this.plugin.call("Client_Compile", request, (args) => args.get("executable"));
      return new Executable(this, executable, signature);
    } finally {
      for (const memory of [program, code.memory, format.memory, options.memory]) memory.dispose();
    }
  }

  dispose(): void {
    this.plugin.call("Client_Destroy", { client: this.#handle });
  }
}

/**
 * A plugin's client: its devices, arrays on them, and compiled programs.
 *
 * The plugin compares byte counts only and ends the process where a shape or dtype surprises it, so both are
 * checked here before every call. Dispose buffers, then executables, then the client.
 */
import { fail } from "../../../core/errors.ts";
import { sameShape } from "../../graph/shape.ts";
import { allocate, sizeOf, type Data } from "../../graph/value.ts";
import { addressOfArray, DeviceBuffer, typeName, type PlacedType } from "./buffer.ts";
import { compileOptions } from "./compile-options.ts";
import { IntegerOption } from "./integer-option.ts";
import { nativeBytes, NativeMemory, NativeStruct, textAt, viewOf } from "./memory.ts";
import type { Plugin } from "./plugin.ts";
import { BUFFER_TYPE, EXECUTE_OPTIONS, PROGRAM } from "./structs.ts";

const utf8 = new TextEncoder();

/** What a compiled program takes and gives. */
export interface Signature {
  inputs: readonly PlacedType[];
  outputs: readonly PlacedType[];
}

/** A compiled program on the client's devices. */
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
    const count = client.deviceCount;
    this.#memory = {
      given: new NativeMemory(8 * count * signature.inputs.length),
      made: new NativeMemory(8 * count * signature.outputs.length),
      lists: new NativeMemory(24 * count),
      options: new NativeStruct(EXECUTE_OPTIONS),
      places: new NativeMemory(8 * signature.inputs.length),
    };
    const outputs = this.#inner((executable) =>
      plugin.call("Executable_NumOutputs", { executable }, (args) => Number(args.get("count"))),
    );
    if (outputs === signature.outputs.length) return;
    this.dispose();
    fail("XLA program", { expected: `${signature.outputs.length} outputs`, got: String(outputs) });
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
    const fits = (input: PlacedType, i: number): boolean =>
      input.dtype === expected[i].dtype &&
      sameShape(input.shape, expected[i].shape) &&
      (input.sharded ?? false) === (expected[i].sharded ?? false);
    if (inputs.length !== expected.length || !inputs.every(fits))
      fail("XLA program", { expected: `(${expected.map(typeName)})`, got: `(${inputs.map(typeName)})` });
    const { given, made, lists, options, places } = this.#memory;
    const devices = this.#client.deviceCount;
    inputs.forEach(({ handles }, i) =>
      handles.forEach((handle, device) => (given.words[device * inputs.length + i] = handle)),
    );
    kept.forEach((place, i) => (places.words[i] = BigInt(place)));
    options.fill({ kept: places.address, keptCount: kept.length });
    for (let device = 0; device < devices; device++) {
      lists.words[device] = given.address + BigInt(8 * device * inputs.length);
      lists.words[devices + device] = made.address + BigInt(8 * device * outputs.length);
    }
    this.#plugin.call("LoadedExecutable_Execute", {
      executable: this.#handle,
      options: options.address,
      inputs: lists.address,
      deviceCount: devices,
      inputCount: inputs.length,
      outputs: lists.address + BigInt(8 * devices),
      events: lists.address + BigInt(16 * devices),
    });
    const events = [...lists.words.slice(2 * devices, 3 * devices)];
    const handlesOf = (output: number): bigint[] => events.map((_, device) => made.words[device * outputs.length + output]); // prettier-ignore
    const results = outputs.map((type, i) => new DeviceBuffer(this.#client, handlesOf(i), type));
    for (const place of donated) inputs[place].donate();
    if (!wait) for (const event of events) this.#plugin.call("Event_Destroy", { event });
    else
      try {
        for (const event of events) this.#plugin.wait(event);
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

  /** Bytes that a run needs besides its inputs and outputs: activations, mostly. */
  temporaryBytes(): number {
    return this.#inner(
      (executable) =>
      this.#plugin.call("Executable_GetCompiledMemoryStats", { executable }, (args) => Number(args.get("temporary"))), // prettier-ignore
    );
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

/** The plugin is there, but what it needs is not. */
function noClient(path: string, cause: Error): never {
  const got = cause.message.replace(/^XLA: /, "").replace(/[.\s]+$/, "");
  const hint = /cuda/.test(path)
    ? "nvidia-smi has to list a GPU; CUDA's libraries come with gradbook engine install xla --cuda13 (or --cuda12 for older drivers); without a GPU: --cpu, or GRADBOOK_ENGINE=onnx"
    : "is the device there, and free? GRADBOOK_ENGINE=onnx computes on the processor";
  return fail("XLA", { expected: `a device for ${path}`, got, hint, cause });
}

export class Client {
  readonly plugin: Plugin;
  /** "cpu", "cuda", … and its version. */
  readonly platform: string;
  readonly platformVersion: string;
  readonly #handle: bigint;
  readonly #devices: readonly bigint[];

  /** How many devices its programs run on. */
  readonly deviceCount: number;

  /** @throws GradbookError when the plugin has fewer devices than asked for */
  constructor(plugin: Plugin, { devices = 1 } = {}) {
    this.plugin = plugin;
    this.deviceCount = devices;
    // The CPU plugin makes as many as it is told to; the others have what there is.
    const isTold = devices > 1 && plugin.path.includes("xla_cpu");
    const option = new IntegerOption("cpu_device_count", devices);
    const request: Record<string, bigint | number> = isTold ? { options: option.address, count: 1 } : {};
    const client = (() => {
      try {
        return plugin.call("Client_Create", request, (args) => args.get("client"));
      } catch (cause) {
        return noClient(plugin.path, cause as Error);
      } finally {
        option.dispose();
      }
    })();
    this.#handle = client;
    const text = (args: NativeStruct): string => textAt(args.get("text"), Number(args.get("length")));
    this.platform = plugin.call("Client_PlatformName", { client }, text);
    this.platformVersion = plugin.call("Client_PlatformVersion", { client }, text);
    this.#devices = plugin.call("Client_AddressableDevices", { client }, (args) => {
      const bytes = viewOf(args.get("devices"), 8 * Number(args.get("count")));
      return [...new BigUint64Array(bytes.slice().buffer)];
    });
    if (this.#devices.length >= devices) return;
    const got = `${this.#devices.length} of ${this.platform}`;
    this.dispose();
    fail("XLA mesh", { expected: `${devices} devices`, got, hint: "ask for a smaller mesh" });
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

  /** What the first device is: "NVIDIA H100 80GB HBM3", "cpu". */
  kind(): string {
    const [device] = this.#devices;
    const description = this.plugin.call("Device_GetDescription", { device }, (args) =>
      args.get("description"),
    );
    return this.plugin.call("DeviceDescription_Kind", { description }, (args) =>
      textAt(args.get("text"), Number(args.get("length"))),
    );
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

  /** Copy an array to the devices: a part to each, or all. @throws GradbookError when its length or type does not fit */
  upload(data: Data, type: PlacedType): DeviceBuffer {
    const { constructor, length } = allocate(type.dtype, 0);
    if (length !== 0 || data.constructor !== constructor || data.length !== sizeOf(type.shape))
      fail("XLA upload", { expected: typeName(type), got: `${data.constructor.name} of ${data.length}` });
    const [parts, extents] = [type.sharded ? this.deviceCount : 1, [...type.shape]];
    if (type.sharded) extents[0] /= parts;
    const shape = new NativeMemory(8 * extents.length);
    extents.forEach((extent, axis) => (shape.words[axis] = BigInt(extent)));
    const step = type.sharded ? data.byteLength / parts : 0;
    try {
      const handles = this.#devices.slice(0, this.deviceCount).map((device, i) => {
        const request = {
          client: this.#handle,
          data: addressOfArray(data) + BigInt(i * step),
          type: BUFFER_TYPE[type.dtype],
          shape: shape.address,
          rank: extents.length,
          device,
        };
        const [buffer, event] = this.plugin.call("Client_BufferFromHostBuffer", request, (args) => [args.get("buffer"), args.get("event")]); // prettier-ignore
        // The data was copied during the call; the event says so.
        this.plugin.wait(event);
        return buffer;
      });
      return new DeviceBuffer(this, handles, type);
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
      compileOptions(this.platform, this.deviceCount),
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

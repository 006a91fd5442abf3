/**
 * A plugin's client: its devices, arrays on them, and compiled programs.
 *
 * The plugin compares byte counts only and ends the process where a shape or dtype surprises it, so both are
 * checked here before every call. Dispose buffers, then executables, then the client.
 */
import koffi from "koffi";
import { fail } from "../../../core/errors.ts";
import { sameShape } from "../../graph/shape.ts";
import { allocate, sizeOf, type Data, type Dtype, type OutputType, type Shape } from "../../graph/value.ts";
import { compileOptions } from "./compile-options.ts";
import { nativeBytes, NativeMemory, NativeStruct, textAt, viewOf } from "./memory.ts";
import type { Plugin } from "./plugin.ts";
import { BUFFER_TYPE, EXECUTE_OPTIONS, PROGRAM } from "./structs.ts";

const utf8 = new TextEncoder();
const typeName = ({ dtype, shape }: OutputType): string => `${dtype}[${shape}]`;

/** An array on a device. */
export class DeviceBuffer implements OutputType {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly #plugin: Plugin;
  #handle: bigint;

  constructor(plugin: Plugin, handle: bigint, { shape, dtype }: OutputType) {
    [this.#plugin, this.#handle, this.shape, this.dtype] = [plugin, handle, shape, dtype];
  }

  /** The native buffer. @throws GradbookError after `dispose`, or when a program took its memory over */
  get handle(): bigint {
    const gone =
      this.#handle === 0n ||
      this.#plugin.call("Buffer_IsDeleted", { buffer: this.#handle }, (args) => args.get("deleted") !== 0n);
    if (gone) fail("XLA buffer", { expected: "a buffer that is alive", got: `a disposed or donated ${typeName(this)}` }); // prettier-ignore
    return this.#handle;
  }

  /** Its numbers, copied; the event loop stays free until they are there. */
  async read(): Promise<Data> {
    const { data, memory, event } = this.#copy();
    try {
      await this.#plugin.waitAsync(event);
      return filled(data, memory);
    } finally {
      memory.dispose();
    }
  }

  /** Its numbers, copied; waits on this thread. */
  readSync(): Data {
    const { data, memory, event } = this.#copy();
    try {
      this.#plugin.wait(event);
      return filled(data, memory);
    } finally {
      memory.dispose();
    }
  }

  #copy(): { data: Data; memory: NativeMemory; event: bigint } {
    const buffer = this.handle;
    const data = allocate(this.dtype, sizeOf(this.shape));
    const memory = new NativeMemory(data.byteLength);
    const request = { buffer, data: memory.address, length: data.byteLength };
    const event = this.#plugin.call("Buffer_ToHostBuffer", request, (args) => args.get("event"));
    return { data, memory, event };
  }

  dispose(): void {
    if (this.#handle !== 0n) this.#plugin.call("Buffer_Destroy", { buffer: this.#handle });
    this.#handle = 0n;
  }
}

function filled(data: Data, memory: NativeMemory): Data {
  new Uint8Array(data.buffer).set(memory.bytes.subarray(0, data.byteLength));
  return data;
}

/** What a compiled program takes and gives. */
export interface Signature {
  inputs: readonly OutputType[];
  outputs: readonly OutputType[];
}

/** A compiled program on one device. */
export class Executable {
  readonly signature: Signature;
  readonly #plugin: Plugin;
  readonly #handle: bigint;

  /** @throws GradbookError when the program has another number of outputs than the signature */
  constructor(plugin: Plugin, handle: bigint, signature: Signature) {
    [this.#plugin, this.#handle, this.signature] = [plugin, handle, signature];
    const executable = plugin.call("LoadedExecutable_GetExecutable", { loaded: handle }, (args) => args.get("executable")); // prettier-ignore
    const count = plugin.call("Executable_NumOutputs", { executable }, (args) => Number(args.get("count")));
    plugin.call("Executable_Destroy", { executable });
    if (count === signature.outputs.length) return;
    this.dispose();
    fail("XLA program", { expected: `${signature.outputs.length} outputs`, got: String(count) });
  }

  /** Start the program; its outputs may be used at once, reading them waits. Donated inputs are gone afterwards. */
  run(inputs: readonly DeviceBuffer[]): DeviceBuffer[] {
    const { inputs: expected, outputs } = this.signature;
    const fits = (input: OutputType, i: number): boolean =>
      input.dtype === expected[i].dtype && sameShape(input.shape, expected[i].shape);
    if (inputs.length !== expected.length || !inputs.every(fits))
      fail("XLA program", { expected: `(${expected.map(typeName)})`, got: `(${inputs.map(typeName)})` });
    const handles = inputs.map(({ handle }) => handle);
    const given = new NativeMemory(8 * inputs.length);
    const made = new NativeMemory(8 * outputs.length);
    const lists = new NativeMemory(24);
    const options = new NativeStruct(EXECUTE_OPTIONS);
    try {
      given.words.set(handles);
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
      this.#plugin.call("Event_Destroy", { event: lists.words[2] });
      return outputs.map((type, i) => new DeviceBuffer(this.#plugin, made.words[i], type));
    } finally {
      for (const memory of [given, made, lists, options]) memory.dispose();
    }
  }

  dispose(): void {
    this.#plugin.call("LoadedExecutable_Destroy", { executable: this.#handle });
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

  /** Copy an array to the first device. @throws GradbookError when its length or type does not fit */
  upload(data: Data, type: OutputType): DeviceBuffer {
    const { constructor, length } = allocate(type.dtype, 0);
    if (length !== 0 || data.constructor !== constructor || data.length !== sizeOf(type.shape))
      fail("XLA upload", { expected: typeName(type), got: `${data.constructor.name} of ${data.length}` });
    const shape = new NativeMemory(8 * type.shape.length);
    type.shape.forEach((extent, axis) => (shape.words[axis] = BigInt(extent)));
    const start =
      data.length > 0 ? BigInt(koffi.address(new Uint8Array(data.buffer))) + BigInt(data.byteOffset) : 0n;
    try {
      const request = {
        client: this.#handle,
        data: start,
        type: BUFFER_TYPE[type.dtype],
        shape: shape.address,
        rank: type.shape.length,
        device: this.#devices[0],
      };
      const [buffer, event] = this.plugin.call("Client_BufferFromHostBuffer", request, (args) => [args.get("buffer"), args.get("event")]); // prettier-ignore
      // The data was copied during the call; the event says so.
      this.plugin.wait(event);
      return new DeviceBuffer(this.plugin, buffer, type);
    } finally {
      shape.dispose();
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
      return new Executable(this.plugin, executable, signature);
    } finally {
      for (const memory of [program, code.memory, format.memory, options.memory]) memory.dispose();
    }
  }

  dispose(): void {
    this.plugin.call("Client_Destroy", { client: this.#handle });
  }
}

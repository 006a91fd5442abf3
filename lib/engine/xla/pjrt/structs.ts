/**
 * The part of XLA's PJRT C interface that the engine calls: where each function sits in the plugin's table, and
 * the fields of its argument structure.
 *
 * Source: `pjrt_c_api.h` 0.81 (in the wheel of `xla-cpu-pjrt`). Every structure starts with its own size and a
 * pointer to extensions; fields follow in the header's order, aligned to their size as C does on 64-bit systems.
 * New versions append fields and functions, so these places stay. Left out: everything that is not called.
 */
export type Kind = "pointer" | "size" | "int32" | "byte";
export type Fields = Readonly<Record<string, Kind>>;

const pointers = <const N extends string>(...names: N[]) =>
  Object.fromEntries(names.map((name) => [name, "pointer"])) as Record<N, "pointer">;
const text = { text: "pointer", length: "size" } as const;

/** Version of the interface that the layouts were written for. */
export const API_VERSION = { major: 0, minor: 81 } as const;

/** Offset in the table of functions, and the arguments. */
export const CALLS = {
  Error_Destroy: [40, pointers("error")],
  Error_Message: [48, { error: "pointer", ...text }],
  Plugin_Initialize: [64, {}],
  Event_Destroy: [80, pointers("event")],
  Event_Await: [104, pointers("event")],
  Client_Create: [
    120,
    {
      options: "pointer",
      count: "size",
      ...pointers("get", "getContext", "put", "putContext", "client", "tryGet", "tryGetContext"),
    },
  ],
  Client_Destroy: [128, pointers("client")],
  Client_PlatformName: [136, { client: "pointer", ...text }],
  Client_PlatformVersion: [152, { client: "pointer", ...text }],
  Client_AddressableDevices: [168, { ...pointers("client", "devices"), count: "size" }],
  Client_Compile: [
    200,
    { ...pointers("client", "program", "options"), optionsLength: "size", executable: "pointer" },
  ],
  Client_BufferFromHostBuffer: [
    216,
    {
      ...pointers("client", "data"),
      type: "int32",
      shape: "pointer",
      rank: "size",
      strides: "pointer",
      strideCount: "size",
      semantics: "int32",
      ...pointers("device", "memory", "layout", "event", "buffer"),
    },
  ],
  DeviceDescription_Kind: [248, { description: "pointer", ...text }],
  DeviceDescription_DebugString: [256, { description: "pointer", ...text }],
  Device_GetDescription: [272, pointers("device", "description")],
  Device_MemoryStats: [
    312,
    {
      device: "pointer",
      inUse: "size",
      peak: "size",
      hasPeak: "byte",
      allocations: "size",
      hasAllocations: "byte",
      largest: "size",
      hasLargest: "byte",
      limit: "size",
      hasLimit: "byte",
      reserved: "size",
      hasReserved: "byte",
      peakReserved: "size",
      hasPeakReserved: "byte",
      reservable: "size",
      hasReservable: "byte",
      largestFree: "size",
      hasLargestFree: "byte",
      pool: "size",
      hasPool: "byte",
      peakPool: "size",
      hasPeakPool: "byte",
    },
  ],
  Executable_Destroy: [360, pointers("executable")],
  Executable_NumOutputs: [392, { executable: "pointer", count: "size" }],
  Executable_Serialize: [
    432,
    { ...pointers("executable", "bytes"), length: "size", ...pointers("owner", "free") },
  ],
  LoadedExecutable_Destroy: [440, pointers("executable")],
  LoadedExecutable_GetExecutable: [448, pointers("loaded", "executable")],
  LoadedExecutable_Execute: [
    480,
    {
      ...pointers("executable", "options", "inputs"),
      deviceCount: "size",
      inputCount: "size",
      ...pointers("outputs", "events", "device"),
    },
  ],
  Executable_DeserializeAndLoad: [
    488,
    {
      ...pointers("client", "bytes"),
      length: "size",
      ...pointers("executable", "options"),
      optionsLength: "size",
    },
  ],
  Buffer_Destroy: [504, pointers("buffer")],
  Buffer_ElementType: [512, { buffer: "pointer", type: "int32" }],
  Buffer_Dimensions: [520, { ...pointers("buffer", "shape"), rank: "size" }],
  Buffer_IsDeleted: [584, { buffer: "pointer", deleted: "byte" }],
  Buffer_ToHostBuffer: [600, { ...pointers("buffer", "layout", "data"), length: "size", event: "pointer" }],
  // Plugins write all of it, however small the structure says it is.
  Executable_GetCompiledMemoryStats: [
    808,
    {
      executable: "pointer",
      code: "size",
      arguments: "size",
      outputs: "size",
      aliased: "size",
      temporary: "size",
      hostCode: "size",
      hostArguments: "size",
      hostOutputs: "size",
      hostAliased: "size",
      hostTemporary: "size",
      peak: "size",
      total: "size",
    },
  ],
} as const satisfies Record<string, readonly [slot: number, fields: Fields]>;
export type CallName = keyof typeof CALLS;

/** A program handed to the compiler. */
export const PROGRAM: Fields = {
  code: "pointer",
  codeLength: "size",
  format: "pointer",
  formatLength: "size",
};

/** How to run: no callbacks, no exceptions from donation. All zero. */
export const EXECUTE_OPTIONS: Fields = {
  ...pointers("send", "receive"),
  sends: "size",
  receives: "size",
  launch: "int32",
  kept: "pointer",
  keptCount: "size",
  ...pointers("context", "location"),
  tasks: "size",
  ...pointers("taskIds", "incarnations"),
};

/** Element types as the interface numbers them, by the engine's names. */
export const BUFFER_TYPE = { bool: 1, int32: 4, float32: 11 } as const;

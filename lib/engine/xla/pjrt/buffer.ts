/** An array on the devices of a client: whole on each of them, or cut along its first axis with a part on each. */
import koffi from "koffi";
import { fail } from "../../../core/errors.ts";
import { allocate, sizeOf, type Data, type Dtype, type OutputType, type Resident, type Shape } from "../../graph/value.ts"; // prettier-ignore
import type { Plugin } from "./plugin.ts";

/** The client that made an array. */
export interface Owner {
  readonly plugin: Plugin;
}

/** A type, and whether each device has a part of it (along the first axis, in order) or all of it. */
export interface PlacedType extends OutputType {
  readonly sharded?: boolean;
}

export const typeName = ({ dtype, shape, sharded = false }: PlacedType): string =>
  `${sharded ? "sharded " : ""}${dtype}[${shape}]`;

/** Where a typed array's numbers are. */
export const addressOfArray = (data: Data): bigint =>
  data.length > 0 ? BigInt(koffi.address(new Uint8Array(data.buffer))) + BigInt(data.byteOffset) : 0n;

/** Frees the memory of arrays that nobody disposed, when they are collected. */
const forgotten = new FinalizationRegistry<() => void>((free) => free());

const destroy = (plugin: Plugin, handles: readonly bigint[]): void => {
  for (const buffer of handles) plugin.call("Buffer_Destroy", { buffer });
};

export class DeviceBuffer implements PlacedType, Resident {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly sharded: boolean;
  readonly client: Owner;
  readonly #handles: readonly bigint[];
  #isAlive = true;
  #isDonated = false;

  /** @param handles a native buffer for each device */
  constructor(client: Owner, handles: readonly bigint[], { shape, dtype, sharded = false }: PlacedType) {
    [this.client, this.#handles] = [client, handles];
    [this.shape, this.dtype, this.sharded] = [shape, dtype, sharded];
    forgotten.register(this, () => destroy(client.plugin, handles), this);
  }

  /** The native buffers. @throws GradbookError after `dispose`, or when a program took their memory over */
  get handles(): readonly bigint[] {
    if (!this.#isAlive || this.#isDonated)
      fail("XLA buffer", { expected: "a buffer that is alive", got: `a disposed or donated ${typeName(this)}` }); // prettier-ignore
    return this.#handles;
  }

  /** Its numbers, copied; the event loop stays free until they are there. */
  async read(): Promise<Data> {
    const { data, events } = this.#copy();
    await Promise.all(events.map((event) => this.client.plugin.waitAsync(event)));
    return data;
  }

  /** Its numbers, copied; waits on this thread. */
  readSync(): Data {
    const { data, events } = this.#copy();
    for (const event of events) this.client.plugin.wait(event);
    return data;
  }

  /** Straight into a typed array: its memory stays where it is. */
  #copy(): { data: Data; events: bigint[] } {
    const data = allocate(this.dtype, sizeOf(this.shape));
    const parts = this.sharded ? this.handles : this.handles.slice(0, 1);
    const length = data.byteLength / parts.length;
    const events = parts.map((buffer, i) => {
      const request = { buffer, data: addressOfArray(data) + BigInt(i * length), length };
      return this.client.plugin.call("Buffer_ToHostBuffer", request, (args) => args.get("event"));
    });
    return { data, events };
  }

  /** A program has taken the memory over. */
  donate(): void {
    this.#isDonated = true;
  }

  dispose(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    forgotten.unregister(this);
    destroy(this.client.plugin, this.#handles);
  }
}

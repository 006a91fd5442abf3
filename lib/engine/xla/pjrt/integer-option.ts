/** A whole number by name, as a client is told its options. */
import { nativeBytes, NativeStruct, type NativeMemory } from "./memory.ts";

const FIELDS = { name: "pointer", nameLength: "size", type: "int32", value: "size", length: "size" } as const;
const INTEGER = 1;

export class IntegerOption {
  readonly #name: NativeMemory;
  readonly #struct: NativeStruct;

  constructor(name: string, value: number) {
    this.#name = nativeBytes(new TextEncoder().encode(name));
    const fields = { name: this.#name.address, nameLength: name.length, type: INTEGER, value, length: 1 };
    this.#struct = new NativeStruct(FIELDS, fields);
  }

  get address(): bigint {
    return this.#struct.address;
  }

  dispose(): void {
    this.#struct.dispose();
    this.#name.dispose();
  }
}

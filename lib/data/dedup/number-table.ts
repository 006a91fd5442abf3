/**
 * A growing hash table from numbers to 32-bit integers in typed arrays: 24 bytes an entry at most and no garbage,
 * where a Map takes three times as much and stops at 2²⁴ entries. Its state can be saved.
 */
export interface NumberTableState {
  keys: Float64Array;
  values: Int32Array;
  size: number;
}

/** Keys are hashes below 2⁵³, well mixed; 0 is a key like any other. */
export class NumberTable {
  #keys: Float64Array;
  #values: Int32Array;
  #size = 0;

  constructor(state?: NumberTableState) {
    this.#keys = state?.keys ?? new Float64Array(1024).fill(-1);
    this.#values = state?.values ?? new Int32Array(1024);
    this.#size = state?.size ?? 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The value of a key, undefined when it is not there. */
  get(key: number): number | undefined {
    const slot = this.#slot(key);
    return this.#keys[slot] === key ? this.#values[slot] : undefined;
  }

  /** Sets the value unless the key is there already; returns the value that was there. */
  setIfAbsent(key: number, value: number): number | undefined {
    const slot = this.#slot(key);
    if (this.#keys[slot] === key) return this.#values[slot];
    this.#keys[slot] = key;
    this.#values[slot] = value;
    if (++this.#size > this.#keys.length / 2) this.#grow();
    return undefined;
  }

  state(): NumberTableState {
    return { keys: this.#keys, values: this.#values, size: this.#size };
  }

  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = ((key / 2 ** 21) ^ key) & mask;
    while (this.#keys[slot] !== key && this.#keys[slot] !== -1) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(2 * keys.length).fill(-1);
    this.#values = new Int32Array(2 * keys.length);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === -1) continue;
      const slot = this.#slot(keys[i]);
      this.#keys[slot] = keys[i];
      this.#values[slot] = values[i];
    }
  }
}

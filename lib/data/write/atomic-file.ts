/**
 * A file that exists under its name only when it is whole: written as NAME.partial, flushed to disk, renamed.
 * When the disk is full or the process dies, what is left ends in .partial and no reader takes it.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { GradbookError } from "../../core/errors.ts";

export class AtomicFile {
  readonly path: string;
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(`${path}.partial`, "w");
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws GradbookError when the disk is full or refuses; the partial file is removed */
  write(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) at += this.#attempt((descriptor) => writeSync(descriptor, bytes, at));
    this.#bytes += bytes.length;
  }

  /** Makes the file durable and gives it its name. */
  finish(): void {
    this.#attempt(fsyncSync);
    closeSync(this.#descriptor!);
    this.#descriptor = undefined;
    renameSync(`${this.path}.partial`, this.path);
  }

  /** Removes what was written. Harmless after `finish`. */
  discard(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
    rmSync(`${this.path}.partial`, { force: true });
  }

  #attempt<T>(action: (descriptor: number) => T): T {
    try {
      return action(this.#descriptor!);
    } catch (error) {
      this.discard();
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === "ENOSPC" ? "the disk is full" : message;
      throw new GradbookError(this.path, `could not be written: ${why}; nothing half-written is left`, {
        cause: error,
      });
    }
  }
}

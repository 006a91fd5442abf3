/**
 * Processes that work together: each knows its rank, and they exchange values and sums through rank 0.
 *
 * Sums go through this process's memory and the network, whatever computes; between the GPUs of one machine a mesh
 * (`useEngine("xla", { mesh })`) is faster.
 */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import { fail } from "../core/errors.ts";
import type { Answer, Request } from "./group-thread.ts";
import type { Rank } from "./rank.ts";

export class Group {
  readonly rank: number;
  readonly size: number;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #flag: Int32Array;
  #sums = 0;

  /**
   * Meets the others; waits until rank 0 is there.
   *
   * @param patience milliseconds to wait for rank 0, and for the slowest process in a sum
   * @throws GradbookError when rank 0 cannot be reached, or its port is taken
   */
  constructor(place: Rank, { patience = 600_000 } = {}) {
    [this.rank, this.size] = [place.rank, place.size];
    const signal = new SharedArrayBuffer(4);
    this.#flag = new Int32Array(signal);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL("./group-thread.ts", import.meta.url), {
      workerData: { ...place, signal, patience, channel: port2 },
      transferList: [port2],
    });
    this.#worker.unref();
    this.#answer(`${place.host}:${place.port}`);
  }

  /** Replaces the numbers by their sums over all processes, in the same order everywhere. */
  sum(numbers: Float32Array): void {
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const total = this.#ask({ op: "sum", key: `sum ${++this.#sums}`, bytes, size: this.size })!;
    if (total.length !== bytes.length)
      fail("group", { expected: "the same number of numbers from every rank", got: `${total.length / 4} and ${numbers.length}` }); // prettier-ignore
    bytes.set(total);
  }

  put(key: string, value: Uint8Array): void {
    this.#ask({ op: "put", key, bytes: value });
  }

  /** What some process has put, or will put within so many milliseconds; undefined otherwise. */
  get(key: string, timeout = 0): Uint8Array | undefined {
    return this.#ask(timeout > 0 ? { op: "get", key, timeout } : { op: "tryGet", key });
  }

  /** Text that rank 0 knows. */
  told(key: string, text: string): string {
    if (this.rank === 0) this.put(key, new TextEncoder().encode(text));
    return this.rank === 0 ? text : new TextDecoder().decode(this.get(key, 60_000));
  }

  /** Leaves. Rank 0 waits until the others have left. */
  close(): void {
    this.sum(new Float32Array(1));
    this.#ask({ op: "close", key: "" });
    this.#port.close();
  }

  #ask(request: Request): Uint8Array | undefined {
    Atomics.store(this.#flag, 0, 0);
    this.#port.postMessage(request);
    return this.#answer(request.key);
  }

  #answer(what: string): Uint8Array | undefined {
    Atomics.wait(this.#flag, 0, 0);
    const answer = receiveMessageOnPort(this.#port)!.message as Answer;
    if ("failure" in answer)
      fail("group", { expected: `an answer about ${what} for rank ${this.rank} of ${this.size}`, got: answer.failure }); // prettier-ignore
    return answer.bytes;
  }
}

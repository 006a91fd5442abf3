/**
 * The store that processes find each other through: values by key, and sums that wait until everybody has given a part.
 *
 * It is small on purpose: no authentication, so its port belongs into a network of one's own, as those of torchrun and
 * JAX do.
 */
import { createServer, type Server, type Socket } from "node:net";
import { onFrames, send, type Head } from "./frames.ts";

interface Sum {
  total: Float64Array;
  waiting: { socket: Socket; id: number }[];
}

export class Store {
  readonly #values = new Map<string, Buffer>();
  readonly #waiting = new Map<string, Set<(value: Buffer) => void>>();
  readonly #sums = new Map<string, Sum>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("close", () => this.#sockets.delete(socket));
      // A process that ends in the middle is told of by those that wait for it.
      socket.on("error", () => socket.destroy());
      onFrames(socket, (head, bytes) => this.#answer(socket, head, bytes));
    });
  }

  /** Listens. @throws the system's error when the port is taken */
  static async listen(port: number, host?: string): Promise<Store> {
    const store = new Store();
    await new Promise<void>((resolve, reject) => {
      store.#server.once("error", reject);
      store.#server.listen(port, host, resolve);
    });
    return store;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Resolves when everybody has gone, or after so many milliseconds. */
  async close(patience = 5_000): Promise<void> {
    const until = Date.now() + patience;
    while (this.#sockets.size > 0 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10));
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #answer(socket: Socket, { id, op, key, timeout = 0, size = 1 }: Head, bytes: Buffer): void {
    const reply = (value: Uint8Array | undefined): void =>
      send(socket, { id, op: value ? "value" : "none", key }, value);
    if (op === "put") {
      const value = Buffer.from(bytes);
      this.#values.set(key, value);
      this.#waiting.get(key)?.forEach((tell) => tell(value));
      this.#waiting.delete(key);
      reply(new Uint8Array(0));
    } else if (op === "sum") this.#add(socket, id, key, size, bytes);
    else if (op === "tryGet" || this.#values.has(key)) reply(this.#values.get(key));
    else this.#wait(key, timeout, reply);
  }

  #wait(key: string, timeout: number, reply: (value: Buffer | undefined) => void): void {
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting);
    const late = setTimeout(() => {
      waiting.delete(tell);
      reply(undefined);
    }, timeout);
    const tell = (value: Buffer): void => {
      clearTimeout(late);
      reply(value);
    };
    waiting.add(tell);
  }

  #add(socket: Socket, id: number, key: string, size: number, bytes: Buffer): void {
    const numbers = new Float32Array(Uint8Array.from(bytes).buffer);
    const sum = this.#sums.get(key) ?? { total: new Float64Array(numbers.length), waiting: [] };
    this.#sums.set(key, sum);
    numbers.forEach((number, i) => (sum.total[i] += number));
    if (sum.waiting.push({ socket, id }) < size) return;
    this.#sums.delete(key);
    const total = new Uint8Array(Float32Array.from(sum.total).buffer);
    for (const one of sum.waiting) send(one.socket, { id: one.id, op: "value", key }, total);
  }
}

/**
 * A notebook host in memory: what a kernel and one open page do, without a wire.
 *
 * Outputs are kept as a page would show them; comms are answered through `page`.
 */
import { randomUUID } from "node:crypto";
import { afterEach } from "vitest";
import type { Comm, CommMessage, MimeBundle, NotebookHost } from "../../lib/notebook/host.ts";

interface Sent {
  data: Record<string, unknown>;
  buffers: Uint8Array[];
}

export interface OpenComm extends Comm {
  opened: { data?: object; metadata?: object; buffers?: Uint8Array[] };
  sent: Sent[];
  closed: boolean;
}

export interface MemoryHost extends NotebookHost {
  /** What the cell shows, top to bottom. */
  outputs: { data: MimeBundle; displayId?: string }[];
  /** How many display messages went out, updates included. */
  messages: number;
  comms: Map<string, OpenComm>;
  page: {
    /** A page's comm_msg to the kernel. */
    send(id: string, data: object, buffers?: Uint8Array[]): void;
    /** A page's comm_open; returns the comm as the kernel sees it. */
    open(target: string): OpenComm;
  };
  /** What the kernel's rewriter leaves for the next `param(…)` call. */
  binding: ((value: unknown) => void) | undefined;
  interrupt(): void;
}

const HOST = Symbol.for("gradbook.notebook");
const REGISTRIES = [Symbol.for("gradbook.widgets"), Symbol.for("gradbook.params")];

/** Install a fresh host; it is removed after the test. */
export function installHost(): MemoryHost {
  const host = memoryHost();
  (globalThis as Record<symbol, unknown>)[HOST] = host;
  return host;
}

afterEach(() => {
  for (const key of [HOST, ...REGISTRIES]) delete (globalThis as Record<symbol, unknown>)[key];
});

function memoryHost(): MemoryHost {
  const handlers = new Map<string, (comm: Comm, message: CommMessage) => void>();
  const interruptHandlers = new Set<() => void>();
  const comms = new Map<string, OpenComm>();

  function makeComm(target: string, id: string, opened: OpenComm["opened"]): OpenComm {
    const comm: OpenComm = {
      id,
      target,
      opened,
      sent: [],
      closed: false,
      send: (data: object, { buffers = [] } = {}) =>
        void comm.sent.push({ data: wire({ ...data }), buffers }),
      close: () => void (comm.closed = true),
    };
    comms.set(id, comm);
    return comm;
  }

  const host: MemoryHost = {
    name: "memory",
    outputs: [],
    messages: 0,
    comms,
    parameters: {},
    binding: undefined,
    display(data, { displayId, update } = {}) {
      host.messages++;
      if (!update) host.outputs.push({ data: wire(data), displayId });
      else {
        for (const output of host.outputs) if (output.displayId === displayId) output.data = wire(data);
      }
    },
    clearOutput: () => void (host.outputs.length = 0),
    openComm: (target, options = {}) =>
      makeComm(target, options.id ?? randomUUID(), { ...options, data: wire(options.data ?? {}) }),
    onCommOpen: (target, handler) => void handlers.set(target, handler),
    input: async () => "",
    onInterrupt(handler) {
      interruptHandlers.add(handler);
      return () => void interruptHandlers.delete(handler);
    },
    isInterrupt: () => false,
    takeBinding() {
      const taken = host.binding;
      host.binding = undefined;
      return taken;
    },
    interrupt: () => interruptHandlers.forEach((handler) => handler()),
    page: {
      send: (id, data, buffers = []) =>
        comms.get(id)!.onMessage?.({ data: wire(data), metadata: {}, buffers }),
      open(target) {
        const comm = makeComm(target, randomUUID(), {});
        handlers.get(target)!(comm, { data: {}, metadata: {}, buffers: [] });
        return comm;
      },
    },
  };
  return host;
}

/** What is left of a value after JSON: the wire keeps no identity, no undefined, no NaN. */
function wire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

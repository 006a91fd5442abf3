/**
 * A widget: state that lives in the kernel and is mirrored in every open page.
 *
 * Either side may change it: `set` tells the pages, a page's change is taken over, echoed to the other pages and
 * told to the observers. A page that was reloaded asks for the state of all widgets at once, which is why a
 * slider or a loss curve comes back as it was.
 * Source: Jupyter widgets messaging protocol 2.1 (comm target `jupyter.widget`, methods update, echo_update,
 * request_state, custom; control target `jupyter.widget.control`, method request_states).
 * Left out: widgets that a page creates.
 */
import { randomUUID } from "node:crypto";
import { DISPLAY } from "../bundle.ts";
import { notebookHost, type Comm, type CommMessage, type MimeBundle, type NotebookHost } from "../host.ts";
import { packState, putBuffers, WIDGET } from "./serialize.ts";

export const WIDGET_VIEW_MIME = "application/vnd.jupyter.widget-view+json";
const PROTOCOL_VERSION = "2.1.0";

/** Which front-end class shows the widget. */
export interface WidgetKind {
  /** npm name of the front-end module, e.g. `"@jupyter-widgets/controls"`. */
  module: string;
  moduleVersion: string;
  /** Class names in that module. */
  model: string;
  view: string | null;
  /** When the view comes from another module (of the same version). */
  viewModule?: string;
}

type Unsubscribe = () => void;
type ValueOf<S> = S extends { value: infer V } ? V : undefined;

// Widget<S> is invariant in S, and these hold widgets of every state.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyWidget = Widget<any>;

export class Widget<S extends object = Record<string, unknown>> {
  readonly [WIDGET] = true;
  readonly id = randomUUID().replaceAll("-", "");
  readonly kind: WidgetKind;
  #state: S;
  #comm: Comm | undefined;
  #observers = new Map<keyof S, Set<(value: never) => void>>();
  #customHandlers = new Set<(content: unknown, buffers: Uint8Array[]) => void>();
  #parts: AnyWidget[];

  /** @param parts widgets that belong to this one (its layout, its style) and are closed with it */
  constructor(kind: WidgetKind, state: S, parts: AnyWidget[] = []) {
    this.kind = kind;
    this.#state = { ...state };
    this.#parts = parts;
    const host = notebookHost();
    if (host) this.#open(host);
  }

  #open(host: NotebookHost): void {
    answerStateRequests(host);
    liveWidgets().set(this.id, this);
    const { state, bufferPaths, buffers } = packState(this.fullState());
    this.#comm = host.openComm("jupyter.widget", {
      id: this.id,
      data: { state, buffer_paths: bufferPaths },
      metadata: { version: PROTOCOL_VERSION },
      buffers,
    });
    this.#comm.onMessage = (message) => this.#receive(message);
    this.#comm.onClose = () => liveWidgets().delete(this.id);
  }

  /** The present state. */
  get state(): Readonly<S> {
    return this.#state;
  }

  /** The state's `value`, for the widgets that have one. */
  get value(): ValueOf<S> {
    return (this.#state as { value: ValueOf<S> }).value;
  }

  /** The state with the names of the classes that show it: what the protocol calls the full state. */
  fullState(): Record<string, unknown> {
    return {
      _model_module: this.kind.module,
      _model_module_version: this.kind.moduleVersion,
      _model_name: this.kind.model,
      _view_module: this.kind.viewModule ?? this.kind.module,
      _view_module_version: this.kind.moduleVersion,
      _view_name: this.kind.view,
      _view_count: null,
      ...this.#state,
    };
  }

  /** Change the state here and in every page. What is equal already is not sent. */
  set(changes: Partial<S>): void {
    const changed = this.#merge(changes);
    if (changed.length === 0) return;
    this.#send("update", Object.fromEntries(changed.map((key) => [key, this.#state[key]])));
    this.#notify(changed);
  }

  /** Send keys whose values were changed in place, or that a page has missed. */
  resend(keys: (keyof S)[]): void {
    this.#send("update", Object.fromEntries(keys.map((key) => [key, this.#state[key]])));
  }

  /** Call `handler` with the new value whenever `key` changes, by whichever side. */
  observe<K extends keyof S>(key: K, handler: (value: S[K]) => void): Unsubscribe {
    const handlers = this.#observers.get(key) ?? new Set();
    this.#observers.set(key, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  /** Messages beside the state, such as a button's click. */
  onCustom(handler: (content: unknown, buffers: Uint8Array[]) => void): Unsubscribe {
    this.#customHandlers.add(handler);
    return () => void this.#customHandlers.delete(handler);
  }

  /** Send a message beside the state; pages that open later do not see it. */
  sendCustom(content: object, buffers: Uint8Array[] = []): void {
    this.#comm?.send({ method: "custom", content }, { buffers });
  }

  /** Remove the widget from all pages. */
  close(): void {
    this.#comm?.close();
    this.#comm = undefined;
    liveWidgets().delete(this.id);
    for (const part of this.#parts) part.close();
  }

  [DISPLAY](): MimeBundle {
    const name = this.kind.model.replace(/Model$/, "");
    const value = this.value === undefined ? "" : ` ${String(this.value)}`;
    return {
      [WIDGET_VIEW_MIME]: { version_major: 2, version_minor: 0, model_id: this.id },
      "text/plain": `${name}${value}`,
    };
  }

  #merge(changes: Partial<S>): (keyof S)[] {
    const changed = (Object.keys(changes) as (keyof S)[]).filter((key) => changes[key] !== this.#state[key]);
    Object.assign(this.#state, changes);
    return changed;
  }

  #notify(changed: (keyof S)[]): void {
    for (const key of changed) {
      for (const handler of this.#observers.get(key) ?? []) handler(this.#state[key] as never);
    }
  }

  #send(method: "update" | "echo_update", changes: object): void {
    const { state, bufferPaths, buffers } = packState(changes);
    this.#comm?.send({ method, state, buffer_paths: bufferPaths }, { buffers });
  }

  #receive({ data, buffers }: CommMessage): void {
    if (data.method === "request_state") {
      this.#send("update", this.fullState());
    } else if (data.method === "custom") {
      for (const handler of this.#customHandlers) handler(data.content, buffers);
    } else if (data.method === "update") {
      putBuffers(data.state, data.buffer_paths ?? [], buffers);
      // Echoed as it came and first of all: the page drops its own echoes and orders the rest by them.
      this.#send("echo_update", data.state);
      // A page knows more keys than the kernel side declares; those are its own business.
      const known = Object.entries(data.state).filter(([key]) => key in this.#state);
      this.#notify(this.#merge(Object.fromEntries(known) as Partial<S>));
    }
  }
}

const LIVE = Symbol.for("gradbook.widgets");

/** All open widgets. On globalThis, because an edited library file is loaded a second time. */
export function liveWidgets(): Map<string, AnyWidget> {
  const holder = globalThis as { [LIVE]?: Map<string, AnyWidget> };
  return (holder[LIVE] ??= new Map());
}

const answering = new WeakSet<NotebookHost>();

/** A page that has just been loaded opens a control comm and asks for every widget's state. */
function answerStateRequests(host: NotebookHost): void {
  if (answering.has(host)) return;
  answering.add(host);
  host.onCommOpen("jupyter.widget.control", (comm) => {
    comm.onMessage = ({ data }) => {
      if (data.method !== "request_states") return;
      const { state: states, bufferPaths, buffers } = packState(statesOfAll());
      comm.send({ method: "update_states", states, buffer_paths: bufferPaths }, { buffers });
    };
  });
}

function statesOfAll(): object {
  return Object.fromEntries(
    [...liveWidgets()].map(([id, widget]) => [
      id,
      {
        model_name: widget.kind.model,
        model_module: widget.kind.module,
        model_module_version: widget.kind.moduleVersion,
        state: widget.fullState(),
      },
    ]),
  );
}

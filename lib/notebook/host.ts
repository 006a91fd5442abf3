/**
 * What a notebook kernel gives to this library: the one place where `lib/` meets Jupyter.
 *
 * The kernel puts an object of this shape at `globalThis[Symbol.for("gradbook.notebook")]`; without one
 * (a plain script, a test) everything in this folder falls back to short lines of text.
 * The calls follow the Jupyter messaging protocol 5.4: display_data, update_display_data, clear_output,
 * comm_open, comm_msg, comm_close, input_request.
 */

/** One value in several representations, by MIME type; a front end shows the richest one it knows. */
export type MimeBundle = Record<string, unknown>;

export interface DisplayOptions {
  metadata?: object;
  /** Names the output, so that a later call can replace it. */
  displayId?: string;
  /** Replace the output called `displayId` instead of adding one. */
  update?: boolean;
  buffers?: Uint8Array[];
}

export interface SendOptions {
  metadata?: object;
  buffers?: Uint8Array[];
}

export interface CommMessage {
  // The content is whatever the other side sent; the handlers check what they use.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  metadata: object;
  buffers: Uint8Array[];
}

/** A two-way channel to an object in the front end. */
export interface Comm {
  readonly id: string;
  readonly target: string;
  send(data: object, options?: SendOptions): void;
  close(data?: object): void;
  onMessage?: (message: CommMessage) => void;
  onClose?: (message: CommMessage) => void;
}

export interface NotebookHost {
  /** The kernel, e.g. `"gradbook"`. */
  readonly name: string;
  display(data: MimeBundle, options?: DisplayOptions): void;
  /** Removes the cell's output, at once or when the next output comes. */
  clearOutput(wait?: boolean): void;
  openComm(target: string, options?: SendOptions & { id?: string; data?: object }): Comm;
  /** Front ends may open comms too. */
  onCommOpen(target: string, handler: (comm: Comm, message: CommMessage) => void): void;
  input(prompt: string, options?: { password?: boolean }): Promise<string>;
  /** Called when the user presses Stop; returns the function that unsubscribes. */
  onInterrupt(handler: () => void): () => void;
  /** Whether this error is the one by which the kernel stopped a cell. */
  isInterrupt(error: unknown): boolean;
  /** The setter of the variable that is being declared from a `param(…)` call; see param.ts. */
  takeBinding(): ((value: unknown) => void) | undefined;
  /** Values that replace the defaults of parameters, by name: `gradbook run -p name=value`. */
  parameters: Record<string, unknown>;
}

const HOST = Symbol.for("gradbook.notebook");

/** The kernel this code runs in, or undefined outside a notebook. */
export function notebookHost(): NotebookHost | undefined {
  return (globalThis as { [HOST]?: NotebookHost })[HOST];
}

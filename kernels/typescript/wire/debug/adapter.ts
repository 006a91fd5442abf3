/**
 * The debug adapter: JupyterLab's debugger over debug_request, on top of the engine's inspector.
 *
 * Breakpoints in cells and in local files, stepping, stack, scopes, variables (also while nothing is paused),
 * evaluation in a frame, exception breakpoints. While the user thread is paused its event loop stands still:
 * comm messages wait. Left out: data and function breakpoints, `copyToGlobals`.
 * More than 300 lines, because all requests share the state of one pause.
 * Source: Debug Adapter Protocol 1.70, and Jupyter's additions (debugInfo, dumpCell, inspectVariables, …).
 */
import { Session, type Debugger, type Runtime } from "node:inspector/promises";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CellSources, escapeRegExp, HASH_SEED, PATH_PREFIX, PATH_SUFFIX } from "./cell-sources.ts";
import { describe, Variables } from "./variables.ts";

// DAP arguments are as open as the protocol; each handler checks what it uses.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Arguments = any;
type Body = Record<string, unknown>;

export interface DebugRequest {
  seq: number;
  type: "request";
  command: string;
  arguments?: Arguments;
}

interface Breakpoint {
  line: number;
  condition?: string;
}

const KERNEL_FOLDER = fileURLToPath(new URL("../../", import.meta.url));
/** Code that a stack shows: cells and files outside of the kernel. */
const isUserScript = (url: string) =>
  url.startsWith("cell:") || (url.startsWith("file:") && !url.includes(KERNEL_FOLDER));
/** Steps do not stop inside the kernel and Node. */
const HIDDEN = [`^file://${escapeRegExp(KERNEL_FOLDER)}`, "^node:"];
const THREAD = { id: 1, name: "cells" };
const EXCEPTION_FILTERS = [
  { filter: "all", label: "Raised exceptions", default: false },
  { filter: "uncaught", label: "Uncaught exceptions", default: false },
];

/** How long a reply has to reach the front end before what follows from it happens, in ms. */
const AFTER_REPLY_MS = 30;

export class DebugAdapter {
  readonly #emit: (event: Body) => void;
  readonly #names: () => Promise<string[]>;
  readonly #session = new Session();
  readonly #sources = new CellSources();
  readonly #variables = new Variables(this.#session);
  readonly #breakpoints = new Map<string, Breakpoint[]>();
  /** Ids of the inspector's breakpoints, by path. */
  readonly #set = new Map<string, string[]>();
  /** Frames name their script by number only. */
  readonly #urls = new Map<string, string>();
  #started = false;
  #frames: Debugger.CallFrame[] = [];
  #sequence = 0;

  /**
   * @param emit sends a DAP event to the front ends
   * @param names the variables that cells have declared
   */
  constructor(emit: (event: Body) => void, names: () => Promise<string[]>) {
    this.#emit = emit;
    this.#names = names;
    this.#session.on("Debugger.scriptParsed", ({ params }) => {
      if (isUserScript(params.url)) this.#urls.set(params.scriptId, params.url);
    });
    this.#session.on("Debugger.paused", ({ params }) => this.#onPaused(params));
    this.#session.on("Debugger.resumed", () => this.#onResumed());
  }

  get paused(): boolean {
    return this.#frames.length > 0;
  }

  /** Answers one DAP request. */
  async handle({ seq, command, arguments: args = {} }: DebugRequest): Promise<Body> {
    const response = { seq: ++this.#sequence, type: "response", request_seq: seq, command };
    const handler = this.#handlers[command];
    try {
      if (!handler) throw new Error(`${command} is not supported`);
      return { ...response, success: true, body: (await handler(args)) ?? {} };
    } catch (error) {
      return { ...response, success: false, message: (error as Error).message, body: {} };
    }
  }

  /** Sets the breakpoints of a cell that is about to run. */
  async beforeCell(url: string, code: string, map: string): Promise<void> {
    if (!this.#started) return;
    this.#sources.add(url, code, map);
    const file = this.#sources.dump(code);
    for (const breakpoint of this.#breakpoints.get(file) ?? []) await this.#setInCell(file, url, breakpoint);
  }

  /** Lets a paused program run on, so that it can be interrupted or ended. */
  async release(): Promise<void> {
    if (this.paused) await this.#session.post("Debugger.resume");
  }

  close(): void {
    this.#session.disconnect();
  }

  readonly #handlers: Record<string, (args: Arguments) => Promise<Body | void> | Body | void> = {
    debugInfo: () => ({
      isStarted: this.#started,
      hashMethod: "Murmur2",
      hashSeed: HASH_SEED,
      tmpFilePrefix: PATH_PREFIX,
      tmpFileSuffix: PATH_SUFFIX,
      breakpoints: [...this.#breakpoints].map(([source, breakpoints]) => ({ source, breakpoints })),
      stoppedThreads: this.paused ? [THREAD.id] : [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: false,
    }),
    initialize: () => ({
      supportsConfigurationDoneRequest: true,
      supportsConditionalBreakpoints: true,
      supportsEvaluateForHovers: true,
      exceptionBreakpointFilters: EXCEPTION_FILTERS,
    }),
    attach: async () => {
      if (!this.#started) this.#session.connectToMainThread();
      await this.#session.post("Runtime.enable");
      await this.#session.post("Debugger.enable");
      await this.#session.post("Debugger.setBlackboxPatterns", { patterns: HIDDEN });
      this.#started = true;
      this.#event("initialized");
      this.#event("process", { name: "gradbook", isLocalProcess: true, startMethod: "attach" });
    },
    disconnect: async () => {
      if (!this.#started) return;
      this.#started = false;
      await this.release();
      await this.#session.post("Debugger.disable");
      this.#session.disconnect();
      this.#breakpoints.clear();
      this.#set.clear();
      this.#frames = [];
    },
    configurationDone: () => {},
    dumpCell: ({ code }) => ({ sourcePath: this.#sources.dump(String(code)) }),
    source: async ({ source }) => {
      const content = this.#sources.code(source.path) ?? (await readFile(source.path, "utf8"));
      return { content, mimeType: "text/typescript" };
    },
    setBreakpoints: ({ source, breakpoints = [] }) => this.#setBreakpoints(source.path, breakpoints),
    setExceptionBreakpoints: async ({ filters = [] }) => {
      const state = filters.includes("all") ? "all" : filters.includes("uncaught") ? "uncaught" : "none";
      await this.#session.post("Debugger.setPauseOnExceptions", { state });
    },
    threads: () => ({ threads: [THREAD] }),
    stackTrace: () => this.#stackTrace(),
    scopes: ({ frameId }) => this.#scopes(frameId),
    variables: async ({ variablesReference }) => ({
      variables: await this.#variables.children(variablesReference),
    }),
    inspectVariables: () => this.#inspectVariables(),
    richInspectVariables: async ({ variableName, frameId }) => {
      const value = await this.#evaluate(String(variableName), frameId);
      return { data: { "text/plain": describe(value) }, metadata: {} };
    },
    evaluate: async ({ expression, frameId }) => {
      const value = await this.#evaluate(String(expression), frameId);
      const { value: result, type, variablesReference } = this.#variables.variable("", value);
      return { result, type, variablesReference };
    },
    continue: () => {
      // JupyterLab forgets the frames when it has the reply. Those of the next breakpoint must not come before it.
      setTimeout(() => void this.release().catch(() => {}), AFTER_REPLY_MS);
      return { allThreadsContinued: true };
    },
    next: () => this.#step("Debugger.stepOver"),
    stepIn: () => this.#step("Debugger.stepInto"),
    stepOut: () => this.#step("Debugger.stepOut"),
    pause: () => this.#step("Debugger.pause"),
    modules: () => ({ modules: [], totalModules: 0 }),
  };

  async #setBreakpoints(file: string, breakpoints: Breakpoint[]): Promise<Body> {
    for (const breakpointId of this.#set.get(file) ?? []) {
      await this.#session.post("Debugger.removeBreakpoint", { breakpointId });
    }
    this.#set.set(file, []);
    this.#breakpoints.set(file, breakpoints);
    if (!file.startsWith(PATH_PREFIX)) {
      const urlRegex = this.#sources.fileUrlRegex(file);
      for (const { line, condition } of breakpoints) {
        await this.#addBreakpoint(file, { urlRegex, lineNumber: line - 1, condition });
      }
    }
    for (const url of this.#sources.urlsOf(file)) {
      for (const breakpoint of breakpoints) await this.#setInCell(file, url, breakpoint);
    }
    return {
      breakpoints: breakpoints.map(({ line }) => ({ verified: true, line, source: { path: file } })),
    };
  }

  async #setInCell(file: string, url: string, { line, condition }: Breakpoint): Promise<void> {
    const place = this.#sources.generated(url, line - 1);
    if (!place) return; // Below the last statement.
    const { line: lineNumber, column: columnNumber } = place;
    await this.#addBreakpoint(file, { url, lineNumber, columnNumber, condition });
  }

  async #addBreakpoint(file: string, where: Debugger.SetBreakpointByUrlParameterType): Promise<void> {
    const { breakpointId } = await this.#session.post("Debugger.setBreakpointByUrl", where);
    this.#set.set(file, [...(this.#set.get(file) ?? []), breakpointId]);
  }

  async #step(method: "Debugger.stepOver" | "Debugger.stepInto" | "Debugger.stepOut" | "Debugger.pause") {
    // The declarations name each method by itself.
    await this.#session.post(method as "Debugger.stepOut");
  }

  #stackTrace(): Body {
    const frames = this.#frames.map(({ location, functionName }, id) => {
      const { scriptId, lineNumber: line, columnNumber: column = 0 } = location;
      const url = this.#urls.get(scriptId);
      const original = url === undefined ? undefined : this.#sources.original(url, { line, column });
      return original && { ...original, id, name: functionName || "(cell)" };
    });
    const first = frames.findIndex((frame) => frame !== undefined);
    // Below the first frame of the kernel lies only how it called the cell.
    const below = frames.findIndex((frame, index) => index > first && frame === undefined);
    const stackFrames = frames
      .slice(Math.max(first, 0), below < 0 ? undefined : below)
      .filter((frame) => frame !== undefined)
      .map(({ id, name, path, place }) => {
        return { id, name, line: place.line + 1, column: place.column + 1, source: { name: path, path } };
      });
    return { stackFrames, totalFrames: stackFrames.length };
  }

  #scopes(frameId: number): Body {
    const chain = this.#frames[frameId]?.scopeChain ?? [];
    const scopes = chain
      .filter(({ type }) => type !== "global")
      .map(({ type, object }) => ({
        name: `${type[0].toUpperCase()}${type.slice(1)}`,
        variablesReference: this.#variables.reference(object.objectId),
        expensive: type === "script",
      }));
    return { scopes };
  }

  async #inspectVariables(): Promise<Body> {
    if (!this.#started) return { variables: [] };
    const variables = [];
    for (const name of await this.#names()) {
      const { result, exceptionDetails } = await this.#evaluateGlobally(name, true);
      if (!exceptionDetails) variables.push(this.#variables.variable(name, result));
    }
    return { variables };
  }

  async #evaluate(expression: string, frameId: number | undefined): Promise<Runtime.RemoteObject> {
    const frame = frameId === undefined ? undefined : this.#frames[frameId];
    const { result, exceptionDetails } = frame
      ? await this.#session.post("Debugger.evaluateOnCallFrame", {
          expression,
          callFrameId: frame.callFrameId,
          silent: true,
          generatePreview: true,
        })
      : await this.#evaluateGlobally(expression, false);
    if (exceptionDetails) throw new Error(result.description?.split("\n")[0] ?? exceptionDetails.text);
    return result;
  }

  #evaluateGlobally(expression: string, pure: boolean): Promise<Runtime.EvaluateReturnType> {
    const options = { expression, silent: true, generatePreview: true, throwOnSideEffect: pure };
    // throwOnSideEffect is missing in Node's declarations, which takes the typed overload away.
    return this.#session.post("Runtime.evaluate", options) as unknown as Promise<Runtime.EvaluateReturnType>;
  }

  #onPaused({ callFrames, reason, hitBreakpoints = [] }: Debugger.PausedEventDataType): void {
    this.#frames = callFrames;
    const why =
      hitBreakpoints.length > 0
        ? "breakpoint"
        : /exception|promiseRejection/.test(reason)
          ? "exception"
          : "step";
    this.#event("stopped", { reason: why, threadId: THREAD.id, allThreadsStopped: true });
  }

  #onResumed(): void {
    this.#frames = [];
    this.#variables.clear();
    this.#event("continued", { threadId: THREAD.id, allThreadsContinued: true });
  }

  #event(event: string, body: Body = {}): void {
    this.#emit({ seq: ++this.#sequence, type: "event", event, body });
  }
}

/**
 * The life of an execute_request: queue, rewrite, run, reply, type check.
 *
 * Requests run one after another; each subshell has its own queue. With GRADBOOK_TYPES=error the types are
 * checked first and errors stop the cell; with `off` there is no check; else see type-checks.ts.
 */
import process from "node:process";
import { cellUrl } from "../shared/cell-url.ts";
import type {
  CellOutcome,
  ExpressionResult,
  RewrittenCell,
  SyntaxProblem,
  ToUser,
} from "../shared/messages.ts";
import type { CellGraphComm } from "./cell-graph-comm.ts";
import type { DebugAdapter } from "./debug/adapter.ts";
import type { History } from "./history.ts";
import type { Interrupter } from "./interrupter.ts";
import type { LanguageClient } from "./language-client.ts";
import type { Output } from "./output.ts";
import { errorReply, isObject, type Request, type Sockets } from "./sockets.ts";
import { TypeChecks, type ExecutedCell } from "./type-checks.ts";

/** Content of an execute_request. */
interface ExecuteContent {
  code: string;
  silent?: boolean;
  store_history?: boolean;
  /** Code by name; whatever the client sent. */
  user_expressions?: unknown;
  allow_stdin?: boolean;
  stop_on_error?: boolean;
}

/** A request from its busy to its idle. */
interface Busy {
  request: Request;
  /** Stop came before the code was on its way. */
  stopped: boolean;
  /** For the reply; filled by magics. */
  payload: Record<string, unknown>[];
}

interface Running {
  request: Request;
  settle: (outcome: CellOutcome) => void;
}

/** A terminated cell has this long to report itself; one that may clean up, longer. In ms. */
const AFTER_TERMINATION_MS = 20;
const AFTER_CLEANUP_MS = 1_500;
/** How long a failed cell waits for requests that are on their way and must be aborted with the queue, in ms. */
const GATHER_MS = 10;
const INTERRUPTED: CellOutcome = {
  status: "error",
  interrupted: true,
  ename: "KernelInterrupt",
  evalue: "interrupted",
  traceback: ["\x1b[31mKernelInterrupt\x1b[39m: interrupted"],
};

export class Executions {
  readonly #sockets: Sockets;
  readonly #output: Output;
  readonly #language: LanguageClient;
  readonly #interrupter: Interrupter;
  readonly #history: History;
  readonly #cellGraph: CellGraphComm;
  readonly #debug: DebugAdapter;
  readonly #post: (message: ToUser) => void;
  readonly #queues = new Map<string, Request[]>();
  readonly #busy = new Map<number, Busy>();
  readonly #running = new Map<number, Running>();
  readonly #typeChecks: TypeChecks;
  readonly #types = process.env.GRADBOOK_TYPES ?? "warn";
  #cells = 0;
  #count = 0;

  constructor(
    sockets: Sockets,
    output: Output,
    language: LanguageClient,
    interrupter: Interrupter,
    history: History,
    cellGraph: CellGraphComm,
    debug: DebugAdapter,
    post: (message: ToUser) => void,
  ) {
    this.#sockets = sockets;
    this.#output = output;
    this.#language = language;
    this.#interrupter = interrupter;
    this.#history = history;
    this.#cellGraph = cellGraph;
    this.#debug = debug;
    this.#post = post;
    this.#typeChecks = new TypeChecks(language, output);
  }

  /** The number for the next piece of work whose output needs a parent. */
  nextCell(): number {
    return ++this.#cells;
  }

  /** The number of the newest cell: where to say what belongs to none. */
  get latestCell(): number {
    return this.#cells;
  }

  /** The request that is being executed, when there is one. */
  get current(): Request | undefined {
    return this.#busy.values().next().value?.request;
  }

  request(cell: number): Request | undefined {
    return this.#running.get(cell)?.request;
  }

  /** Queues a request; `lane` is its subshell. */
  enqueue(request: Request, lane = ""): void {
    request.content.code = String(request.content.code ?? "");
    const queue = this.#queues.get(lane);
    if (queue) {
      queue.push(request);
      return;
    }
    const fresh = [request];
    this.#queues.set(lane, fresh);
    void this.#drain(lane, fresh);
  }

  done(cell: number, outcome: CellOutcome): void {
    this.#running.get(cell)?.settle(outcome);
  }

  /** Stops the running cells; those that do not report themselves in time are given up. */
  async interrupt(): Promise<void> {
    const hit = [...this.#running];
    await this.#debug.release();
    for (const busy of this.#busy.values()) busy.stopped = true;
    const effect = await this.#interrupter.interrupt();
    if (effect === "taken") return;
    setTimeout(
      () => {
        for (const [cell, running] of hit) {
          if (this.#running.get(cell) !== running) continue;
          this.#post({ type: "abandon", cell });
          running.settle(INTERRUPTED);
        }
      },
      effect === "terminated" ? AFTER_TERMINATION_MS : AFTER_CLEANUP_MS,
    );
  }

  async #drain(lane: string, queue: Request[]): Promise<void> {
    this.#typeChecks.pause();
    for (let request = queue[0]; request; request = queue[0]) {
      queue.shift();
      await this.#execute(request, queue).catch((error: unknown) => this.#fail(request, error));
    }
    this.#queues.delete(lane);
    if (this.#queues.size === 0) this.#typeChecks.resume();
  }

  /** Answers one request completely; when it fails, those that wait behind it are aborted. */
  async #execute(request: Request, queue: Request[]): Promise<void> {
    const {
      code,
      silent = false,
      store_history = true,
      stop_on_error = true,
    } = request.content as ExecuteContent;
    const cell = this.nextCell();
    this.#output.setParent(cell, request.header);
    const busy: Busy = { request, stopped: false, payload: [] };
    this.#busy.set(cell, busy);
    void this.#sockets.publish("status", { execution_state: "busy" }, request.header);
    const counted = store_history && !silent;
    if (counted) this.#count++;
    if (!silent) this.#output.publish("execute_input", { code, execution_count: this.#count }, cell);
    const name = counted ? `cell ${this.#count}` : `silent cell ${cell}`;
    const outcome = await this.#run(busy, cell, name);
    this.#output.flush();
    const shared = { execution_count: this.#count };
    if (outcome.status === "ok") {
      if (outcome.result !== undefined && !silent) {
        const content = { ...shared, data: JSON.parse(outcome.result), metadata: {} };
        this.#output.publish("execute_result", content, cell);
      }
      const expressions = Object.entries(outcome.expressions).map(([key, value]) => [
        key,
        value.status === "ok" ? { status: "ok", data: JSON.parse(value.data), metadata: {} } : value,
      ]);
      const user_expressions = Object.fromEntries(expressions);
      void this.#sockets.reply("shell", request, {
        status: "ok",
        ...shared,
        user_expressions,
        payload: busy.payload,
      });
    } else {
      const { ename, evalue, traceback } = outcome;
      const error = { ename, evalue, traceback };
      // What the client sent before it knew of the error counts as waiting; what it sends after the reply does not.
      if (stop_on_error) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const waiting = stop_on_error ? queue.splice(0) : [];
      this.#output.publish("error", error, cell);
      void this.#sockets.reply("shell", request, { status: "error", ...shared, ...error });
      for (const aborted of waiting) this.#abort(aborted);
    }
    this.#busy.delete(cell);
    void this.#sockets.publish("status", { execution_state: "idle" }, request.header);
    if (counted) this.#history.add(this.#count, code);
  }

  async #run(busy: Busy, cell: number, name: string): Promise<CellOutcome> {
    const { request } = busy;
    const { code, silent = false, allow_stdin = true, user_expressions } = request.content as ExecuteContent;
    let rewritten: RewrittenCell | SyntaxProblem;
    try {
      rewritten = await this.#language.ask("rewrite", { code, cell, name });
    } catch (error) {
      return rewriteFailure(error as Error);
    }
    if ("problem" in rewritten) return failure(rewritten);
    busy.payload = rewritten.payload ?? [];
    const expressions: Record<string, RewrittenCell> = {};
    const broken: Record<string, ExpressionResult> = {};
    for (const [key, expression] of Object.entries(isObject(user_expressions) ? user_expressions : {})) {
      if (typeof expression !== "string") {
        const evalue = `user_expressions.${key}: expected code as a string, got ${JSON.stringify(expression)}`;
        broken[key] = { status: "error", ename: "TypeError", evalue, traceback: [evalue] };
        continue;
      }
      const result = await this.#language.ask("rewrite", { code: expression, cell, name });
      if ("problem" in result) broken[key] = { status: "error", ...result.problem };
      else expressions[key] = result;
    }
    if (this.#types === "error") {
      const [problems] = await this.#language.ask("check", { cells: [{ code, cell, name }] });
      if (problems.length > 0) return typeFailure(problems);
    }
    await this.#debug.beforeCell(cellUrl(cell), code, rewritten.map);
    await this.#interrupter.settled();
    if (busy.stopped) return INTERRUPTED;
    const outcome = Promise.withResolvers<CellOutcome>();
    this.#running.set(cell, { request, settle: outcome.resolve });
    this.#post({
      type: "execute",
      cell,
      name,
      source: code,
      rewritten,
      showResult: !silent,
      allowInput: allow_stdin,
      expressions,
    });
    const result = await outcome.promise;
    this.#running.delete(cell);
    if (!silent) {
      // A failed cell may have declared some of its names, so it counts as well.
      void this.#commit(request, { code, cell, name });
      if (result.status === "ok" && this.#types === "warn") this.#typeChecks.add({ code, cell, name });
    }
    return result.status === "ok" ? { ...result, expressions: { ...result.expressions, ...broken } } : result;
  }

  async #commit(request: Request, executed: ExecutedCell): Promise<void> {
    const names = await this.#language.ask("commit", executed).catch(() => undefined);
    if (!names) return; // The cell ran, but its names could not be read; only completion misses them.
    const { defines, reads } = names;
    const { cellId } = request.metadata;
    if (typeof cellId !== "string") return;
    this.#cellGraph.graph.ran(cellId, defines, reads);
    this.#cellGraph.announce();
  }

  /** A fault of ours while a request was served: the client is told, and the queue goes on. */
  #fail(request: Request, error: unknown): void {
    for (const [cell, busy] of this.#busy) if (busy.request === request) this.#busy.delete(cell);
    void this.#sockets.reply("shell", request, { ...errorReply(error), execution_count: this.#count });
    void this.#sockets.publish("status", { execution_state: "idle" }, request.header);
  }

  #abort(request: Request): void {
    void this.#sockets.publish("status", { execution_state: "busy" }, request.header);
    void this.#sockets.reply("shell", request, { status: "aborted", execution_count: this.#count });
    void this.#sockets.publish("status", { execution_state: "idle" }, request.header);
  }
}

function failure({ problem }: SyntaxProblem): CellOutcome {
  return { status: "error", interrupted: false, ...problem };
}

/** The language thread could not do it: an unknown magic, code nested too deeply, memory. */
function rewriteFailure({ message }: Error): CellOutcome {
  const ename = message.startsWith("magic ") ? "MagicError" : "LanguageError";
  return { status: "error", interrupted: false, ename, evalue: message, traceback: [message] };
}

function typeFailure(problems: string[]): CellOutcome {
  const evalue = `${problems.length} type ${problems.length === 1 ? "error" : "errors"}`;
  return { status: "error", interrupted: false, ename: "TypeCheckError", evalue, traceback: problems };
}

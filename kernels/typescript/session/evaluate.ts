/**
 * Runs cells in the inspector's REPL mode: one scope for all cells, in which names may be declared again.
 *
 * The user thread talks to its own inspector session, but only scripts that end at once go through it. A
 * rewritten cell declares its names and calls `__kernel.start` with its work; result and errors come from
 * there as plain values. (What the inspector awaits or keeps is a leak, or a crash when it is collected.)
 */
import { Session, type Runtime } from "node:inspector";
import process from "node:process";
import type { CellOutcome, ExpressionResult, ToUser } from "../shared/messages.ts";
import { cellUrl } from "../shared/cell-url.ts";
import { runInCell, type CellContext } from "./cell-context.ts";
import { shownJson } from "./display.ts";
import { reportError } from "./errors.ts";
import type { Interrupts } from "./interrupt.ts";
import { stopwatch } from "./magics.ts";
import { isInterrupt } from "./safely.ts";
import { addCell, cellName, originalPosition } from "./source-positions.ts";

/** The protocol's experimental REPL mode is missing in Node's declarations. */
type ReplEvaluate = Runtime.EvaluateParameterType & { replMode: boolean };
type ExecuteRequest = Extract<ToUser, { type: "execute" }>;

const UNDEFINED = JSON.stringify({ "text/plain": "undefined" });

export class Evaluator {
  readonly #session = new Session();
  readonly #interrupts: Interrupts;
  readonly #started = new Map<number, Promise<void>>();
  readonly #results = new Map<number, unknown>();
  #readInto: ((name: string, read: () => unknown) => void) | undefined;

  constructor(interrupts: Interrupts) {
    this.#interrupts = interrupts;
    this.#session.connect();
  }

  /** An open session makes Node wait for a debugger at exit. */
  close(): void {
    this.#session.disconnect();
  }

  /** Called by rewritten cells with the value of their last expression. */
  result = (cell: number, value: unknown): void => {
    this.#results.set(cell, value);
  };

  /** Called by rewritten cells with what they do. */
  start = (cell: number, work: () => Promise<void>): void => {
    this.#started.set(cell, work());
  };

  /** Values of names in the cells' scope; a name without a value is left out. */
  read(names: string[]): Map<string, unknown> {
    const values = new Map<string, unknown>();
    this.#readInto = (name, read) => {
      try {
        values.set(name, read());
      } catch {
        // Declared, but its cell failed before it got its value; or a type.
      }
    };
    const reads = names.map((name) => `__kernel.read(${JSON.stringify(name)}, () => ${name});`);
    void this.#post({ expression: reads.join(""), replMode: true });
    return values;
  }

  /** Called by the script of `read`. */
  take = (name: string, read: () => unknown): void => this.#readInto?.(name, read);

  /** Runs one cell to its end; never rejects. */
  async run(request: ExecuteRequest): Promise<CellOutcome> {
    const { cell, name, source, rewritten, showResult, allowInput } = request;
    const context: CellContext = { cell, running: true, allowInput };
    addCell(cell, { name, source }, rewritten.map);
    this.#interrupts.begin(context);
    const elapsed = stopwatch();
    try {
      try {
        await runInCell(context, () => this.#evaluate(rewritten.code, cell));
      } finally {
        if (rewritten.timed) runInCell(context, () => process.stdout.write(`${elapsed()}\n`));
      }
      const value = this.#results.get(cell);
      return {
        status: "ok",
        result: showResult ? await runInCell(context, () => shownJson(value)) : undefined,
        expressions: await this.#expressions(request, context),
      };
    } catch (error) {
      return { status: "error", interrupted: isInterrupt(error), ...reportError(error) };
    } finally {
      this.#results.delete(cell);
      this.#started.delete(cell);
      this.#interrupts.end(context);
    }
  }

  async #expressions(
    { cell, expressions }: ExecuteRequest,
    context: CellContext,
  ): Promise<Record<string, ExpressionResult>> {
    const results: Record<string, ExpressionResult> = {};
    for (const [name, { code }] of Object.entries(expressions)) {
      try {
        this.#results.delete(cell);
        await runInCell(context, () => this.#evaluate(code, cell));
        const data = await shownJson(this.#results.get(cell));
        results[name] = { status: "ok", data: data ?? UNDEFINED };
      } catch (error) {
        results[name] = { status: "error", ...reportError(error) };
      }
    }
    return results;
  }

  /** Rejects with whatever the code throws. */
  async #evaluate(code: string, cell: number): Promise<void> {
    const response = this.#post({ expression: `${code}\n//# sourceURL=${cellUrl(cell)}`, replMode: true });
    const work = this.#started.get(cell);
    this.#started.delete(cell);
    if (work) return await work;
    const { exceptionDetails } = await response;
    if (exceptionDetails) throw compileError(exceptionDetails, cell);
  }

  #post(parameters: ReplEvaluate): Promise<Runtime.EvaluateReturnType> {
    const response = new Promise<Runtime.EvaluateReturnType>((resolve, reject) => {
      this.#session.post("Runtime.evaluate", parameters, (error, result) => {
        if (error) reject(new Terminated(error.message));
        else resolve(result);
      });
    });
    response.catch(() => {}); // Only looked at when the cell has not started.
    return response;
  }
}

/** The engine was told to stop this code; there is no error object of its own. */
class Terminated extends Error {
  override readonly name = "KernelInterrupt";
  constructor(reason: string) {
    super("interrupted", { cause: reason });
  }
}

/** What TypeScript let pass and the engine does not, e.g. `let a; let a`. */
function compileError(
  { exception, text, lineNumber, columnNumber }: Runtime.ExceptionDetails,
  cell: number,
): Error {
  const [message] = (exception?.description ?? text).split("\n");
  const error = new SyntaxError(message.replace(/^SyntaxError: /, ""));
  const { line, column } = originalPosition(cellUrl(cell), lineNumber + 1, columnNumber + 1);
  error.stack = `${error}\n    at ${cellName(cell)}:${line}:${column}`;
  return error;
}

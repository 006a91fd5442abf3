/**
 * Runs cells in the inspector's REPL mode: one scope for all cells, redeclaration, top-level await.
 *
 * The user thread talks to its own inspector session. Results do not travel through the inspector: the
 * rewriter hands the last value to `__kernel.result`, so no remote object keeps it alive.
 */
import { Session, type Runtime } from "node:inspector";
import type { CellOutcome, ExpressionResult, ToUser } from "../shared/messages.ts";
import { runInCell, type CellContext } from "./cell-context.ts";
import { bundleJson, bundleOf } from "./display.ts";
import { reportError } from "./errors.ts";
import type { Interrupts } from "./interrupt.ts";
import { addCell, cellUrl } from "./source-positions.ts";

/** The protocol's experimental REPL mode is missing in Node's declarations. */
type ReplEvaluate = Runtime.EvaluateParameterType & { replMode: boolean };
type ExecuteRequest = Extract<ToUser, { type: "execute" }>;

export class Evaluator {
  readonly #session = new Session();
  readonly #interrupts: Interrupts;
  readonly #results = new Map<number, unknown>();
  #caught: unknown;

  constructor(interrupts: Interrupts) {
    this.#interrupts = interrupts;
    this.#session.connect();
  }

  /** Called by rewritten cells with the value of their last expression. */
  result = (cell: number, value: unknown): void => {
    this.#results.set(cell, value);
  };

  /** Called through the inspector with a thrown object, to get it out of the inspector's world. */
  caught = (value: unknown): void => {
    this.#caught = value;
  };

  /** Runs one cell to its end; never rejects. */
  async run(request: ExecuteRequest): Promise<CellOutcome> {
    const { cell, name, source, rewritten, showResult, allowInput } = request;
    const context: CellContext = { cell, running: true, allowInput };
    addCell(cell, { name, source }, rewritten.map);
    this.#interrupts.begin(context);
    try {
      await runInCell(context, () => this.#evaluate(rewritten.code, cell));
      const value = this.#results.get(cell);
      const bundle = showResult ? await runInCell(context, () => bundleOf(value)) : undefined;
      return {
        status: "ok",
        result: bundle && bundleJson(bundle),
        expressions: await this.#expressions(request, context),
      };
    } catch (error) {
      const interrupted = error instanceof Terminated || (error as Error)?.name === "KernelInterrupt";
      return { status: "error", interrupted, ...reportError(error) };
    } finally {
      this.#results.delete(cell);
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
        const bundle = await bundleOf(this.#results.get(cell));
        results[name] = { status: "ok", data: bundleJson(bundle ?? { "text/plain": "undefined" }) };
      } catch (error) {
        results[name] = { status: "error", ...reportError(error) };
      }
    }
    return results;
  }

  /** Rejects with whatever the code throws. */
  async #evaluate(code: string, cell: number): Promise<void> {
    const { exceptionDetails } = await this.#post({
      expression: `${code}\n//# sourceURL=${cellUrl(cell)}`,
      replMode: true,
      awaitPromise: true,
      objectGroup: "cell",
    });
    if (exceptionDetails) throw await this.#thrown(exceptionDetails);
  }

  #post(parameters: ReplEvaluate): Promise<Runtime.EvaluateReturnType> {
    return new Promise((resolve, reject) => {
      this.#session.post("Runtime.evaluate", parameters, (error, result) => {
        if (error) reject(new Terminated(error.message));
        else resolve(result);
      });
    });
  }

  /** The thrown value itself. */
  async #thrown({ exception, text }: Runtime.ExceptionDetails): Promise<unknown> {
    if (!exception) return new Error(text);
    if (!exception.objectId) return primitive(exception);
    await new Promise((resolve) => {
      const functionDeclaration = "function () { __kernel.caught(this) }";
      this.#session.post(
        "Runtime.callFunctionOn",
        { objectId: exception.objectId, functionDeclaration },
        resolve,
      );
    });
    this.#session.post("Runtime.releaseObjectGroup", { objectGroup: "cell" });
    const value = this.#caught;
    this.#caught = undefined;
    return value;
  }
}

/** The engine was told to stop this code; there is no error object of its own. */
class Terminated extends Error {
  override readonly name = "KernelInterrupt";
  constructor(reason: string) {
    super("interrupted", { cause: reason });
  }
}

function primitive({ type, value, unserializableValue, description }: Runtime.RemoteObject): unknown {
  if (unserializableValue !== undefined)
    return type === "bigint" ? BigInt(unserializableValue.slice(0, -1)) : Number(unserializableValue);
  return type === "symbol" ? Symbol(description?.slice("Symbol(".length, -1)) : value;
}

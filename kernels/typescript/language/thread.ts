/**
 * The language thread: everything that needs TypeScript, for both other threads.
 *
 * It answers one question at a time. Rewriting a cell takes a millisecond; checking types may take a second
 * when a big library is first imported, so a check gives up when anybody has asked for something since.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { workerData, type MessagePort } from "node:worker_threads";
import { FLAG } from "../shared/flags.ts";
import type {
  LanguageAnswer,
  LanguageRequest,
  LanguageRequests,
  LanguageResults,
  LanguageThreadData,
} from "../shared/messages.ts";
import { Cells } from "./cells.ts";
import { typeProblems } from "./check.ts";
import { completions } from "./complete.ts";
import { inspection } from "./inspect.ts";
import { isComplete } from "./is-complete.ts";
import { expandMagics, type MagicContext } from "./magics.ts";
import { rewriteCell } from "./rewrite-cell.ts";
import { guardModule, transpileModule } from "./rewrite-module.ts";
import { LanguageService } from "./service.ts";

const { flags, folder, wire, user } = workerData as LanguageThreadData;
const cells = new Cells(folder);
let started: LanguageService | undefined;

/** The service costs a fifth of a second and 60 MB: made when the first question about types comes. */
const service = () => (started ??= new LanguageService(folder, cells));

/** Thrown out of background work that somebody's question overtook. */
class Overtaken extends Error {}

/** The cell that is being written in the front end has no number yet. */
const OPEN_CELL = 0;

const HANDLERS: {
  [K in keyof LanguageRequests]: (params: LanguageRequests[K], checkpoint: () => void) => LanguageResults[K];
} = {
  rewrite: ({ code, cell, name }) => {
    const { code: expanded, timed, payload } = expandMagics(code, magicContext);
    return { ...rewriteCell(expanded, cell, name), timed, payload };
  },
  rewriteModule: ({ file, source }) => guardModule(file, source),
  transpileModule: ({ file, source }) => transpileModule(file, source),
  isComplete: ({ code }) => (/^\s*%/.test(code) ? { status: "complete" } : isComplete(code)),
  complete: ({ code, position }) => completions(service(), openCell(code), code, position),
  inspect: ({ code, position, detail }) => inspection(service(), openCell(code), position, detail),
  commit: ({ code, cell, name }) => cells.add(cells.make(userSource(code), cell, name)),
  names: () => cells.names(),
  check: ({ cells: asked }, checkpoint) => typeProblems(service(), asked.map(committed), checkpoint),
};

const magicContext: MagicContext = {
  folder,
  names: () => cells.names(),
  describe: (name) => {
    const shown = inspection(service(), openCell(name), name.length, 1)?.["text/plain"];
    return shown === undefined ? undefined : String(shown);
  },
};

/** The cell as it was when it ran: names that were declared anew since then are not its own. */
const committed = ({ code, cell, name }: LanguageRequests["commit"]) =>
  cells.get(cells.fileOf(cell)) ?? cells.make(userSource(code), cell, name);

const userSource = (code: string) => expandMagics(code, magicContext).source;

const openCell = (code: string) => cells.make(code, OPEN_CELL, "cell", true);

const TOO_DEEP = "brackets or operators nested thousands deep; split it up";

function answer({ id, kind, wanted, params }: LanguageRequest): LanguageAnswer {
  const checkpoint = () => {
    if (Atomics.load(flags, FLAG.languageWanted) > wanted) throw new Overtaken();
  };
  try {
    const handler = HANDLERS[kind] as (params: unknown, checkpoint: () => void) => unknown;
    return { id, result: handler(params, checkpoint) };
  } catch (error) {
    if (error instanceof Overtaken) return { id, dropped: true };
    if (error instanceof RangeError)
      return { id, error: `cell: expected code that TypeScript can read, got ${TOO_DEEP}` };
    return { id, error: (error as Error).message };
  }
}

/** A collection costs about 50 ms and gives back what the last work left: worth it when nobody asks. */
const TIDY_AFTER_MS = 1_000;
/** After this time the service goes too; the next question about types waits for it half a second. */
const DROP_AFTER_MS = 120_000;
setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as NodeJS.GCFunction;
/** "last-resort": memory goes back to the system instead of into V8's reserve. */
const collectGarbage = () => gc({ type: "major", execution: "sync", flavor: "last-resort" });
let tidying: NodeJS.Timeout | undefined;

function tidyLater(): void {
  clearTimeout(tidying);
  tidying = setTimeout(() => {
    collectGarbage();
    if (started) tidying = setTimeout(dropService, DROP_AFTER_MS);
  }, TIDY_AFTER_MS);
}

function dropService(): void {
  started = undefined;
  collectGarbage();
}

function serve(port: MessagePort, afterwards: () => void): void {
  port.on("message", (request: LanguageRequest) => {
    port.postMessage(answer(request));
    tidyLater();
    afterwards();
  });
}

serve(wire, () => {});
serve(user, () => {
  Atomics.store(flags, FLAG.languageAnswer, 1);
  Atomics.notify(flags, FLAG.languageAnswer);
});
tidyLater();

/**
 * The TypeScript kernel's main thread; `start.js` is what a kernelspec starts.
 *
 * Three threads in one process. This one, the main thread, belongs to the user's code (native addons live
 * here); the wire thread owns the sockets and the protocol; the language thread owns TypeScript. So a cell
 * that computes for minutes blocks neither its own output, nor Stop, nor completion.
 */
import { getCompileCacheDir } from "node:module";
import path from "node:path";
import process from "node:process";
import { MessageChannel, Worker } from "node:worker_threads";
import { Bindings } from "./session/bindings.ts";
import { notebookGlobals } from "./session/globals.ts";
import { keepAlive, leave, reportUncaught } from "./session/keep-alive.ts";
import { runInCell } from "./session/cell-context.ts";
import { Comms } from "./session/comms.ts";
import { Evaluator } from "./session/evaluate.ts";
import { makeHost } from "./session/host.ts";
import { Input } from "./session/input.ts";
import { Interrupts } from "./session/interrupt.ts";
import { LanguageSync } from "./session/language-sync.ts";
import { installLoader } from "./session/loader.ts";
import { renderStackTraces } from "./session/source-positions.ts";
import { redirectStreams } from "./session/streams.ts";
import { answerVariables } from "./session/variables.ts";
import { FLAG, makeFlags } from "./shared/flags.ts";
import { startLanguageThread } from "./shared/language-worker.ts";
import type { CellOutcome, FromUser, LanguageThreadData, ToUser, WireThreadData } from "./shared/messages.ts";

const connectionFile = process.argv[2];
if (!connectionFile) {
  console.error("usage: start.js CONNECTION_FILE (Jupyter programs fill it in; see gradbook kernel install)");
  process.exit(2);
}

const folder = process.cwd();
const flags = makeFlags();
const wireToLanguage = new MessageChannel();
const userToLanguage = new MessageChannel();
const promptAnswers = new MessageChannel();

/** The threads share the compile cache; see start.js. */
const compileCache = getCompileCacheDir();
const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
const wire = new Worker(new URL("./wire/thread.ts", import.meta.url), {
  workerData: {
    connectionFile,
    flags,
    language: wireToLanguage.port1,
    promptAnswers: promptAnswers.port1,
    compileCache: process.env.NODE_COMPILE_CACHE ? undefined : compileCache && path.dirname(compileCache),
  } satisfies WireThreadData,
  transferList: [wireToLanguage.port1, promptAnswers.port1],
  env,
  resourceLimits: { maxYoungGenerationSizeMb: 2 },
});
startLanguageThread(
  { flags, folder, wire: wireToLanguage.port2, user: userToLanguage.port1 } satisfies LanguageThreadData,
  env,
);
keepAlive(wire);

const post = (message: FromUser) => wire.postMessage(message);
const interrupts = new Interrupts(flags);
const comms = new Comms(post);
const input = new Input(post, promptAnswers.port2, flags);
const bindings = new Bindings((name) => post({ type: "rebound", name }));
const evaluator = new Evaluator(interrupts);

answerVariables(comms, (names) => evaluator.read(names));
redirectStreams(post);
renderStackTraces();
const languageSync = new LanguageSync(userToLanguage.port2, flags);
installLoader(folder, languageSync);
const host = makeHost(post, comms, input, interrupts, bindings);
notebookGlobals(folder, evaluator, interrupts, input, bindings, host);

/** A cell always gets an answer, whatever it threw. */
const INDESCRIBABLE: CellOutcome = {
  status: "error",
  interrupted: false,
  ename: "Thrown",
  evalue: "a value that cannot be looked at",
  traceback: ["Thrown: a value that cannot be looked at"],
};

wire.on("message", (message: ToUser) => {
  switch (message.type) {
    case "execute":
      void evaluator
        .run(message)
        .catch(() => INDESCRIBABLE)
        .then((outcome) => post({ type: "done", cell: message.cell, outcome }));
      break;
    case "interrupt":
      interrupts.poll();
      break;
    case "leave":
      evaluator.close();
      leave();
      break;
    case "pulse":
      Atomics.store(flags, FLAG.pulse, message.count);
      Atomics.notify(flags, FLAG.pulse);
      break;
    case "language":
      languageSync.replace(message.port);
      break;
    case "abandon":
      interrupts.abandon(message.cell);
      break;
    case "input":
      input.receive(message);
      break;
    case "comm": {
      const context = { cell: message.cell, running: false, allowInput: false };
      runInCell(context, () => {
        try {
          comms.receive(message.event, message.comm);
        } catch (error) {
          reportUncaught("Error in a comm handler", error);
        }
      });
      post({ type: "handled", cell: message.cell });
    }
  }
});

/** The wire thread: owns the sockets, answers the protocol, and passes work to the two other threads. */
import process from "node:process";
import { MessageChannel, parentPort, workerData, type MessagePort } from "node:worker_threads";
import { readConnectionFile } from "../../protocol/connection.ts";
import { startLanguageThread } from "../shared/language-worker.ts";
import type { FromUser, ToUser, WireThreadData } from "../shared/messages.ts";
import { CellGraphComm } from "./cell-graph-comm.ts";
import { CommTable } from "./comm-table.ts";
import { keepCompileCacheSmall } from "./compile-cache.ts";
import { Executions } from "./executions.ts";
import { DebugAdapter } from "./debug/adapter.ts";
import { History } from "./history.ts";
import { Interrupter } from "./interrupter.ts";
import { LanguageClient } from "./language-client.ts";
import { Output } from "./output.ts";
import { Questions } from "./questions.ts";
import { complete, inspect, isComplete, kernelInfo } from "./requests.ts";
import { Subshells } from "./subshells.ts";
import { errorReply, Sockets, type Request, type RequestChannel } from "./sockets.ts";

const {
  connectionFile,
  flags,
  language: languagePort,
  promptAnswers,
  compileCache,
} = workerData as WireThreadData;
const toUser = (message: ToUser, transfer: MessagePort[] = []) => parentPort!.postMessage(message, transfer);

const sockets = new Sockets(readConnectionFile(connectionFile));
const output = new Output(sockets);
const language = new LanguageClient(languagePort, flags, restartLanguage, (why) =>
  output.stream({ cell: executions.latestCell, name: "stderr", text: `${why}\n` }),
);
const interrupter = new Interrupter(flags, toUser);
const history = new History();
const cellGraph = new CellGraphComm(sockets);
const subshells = new Subshells();
/** The last debug_request: debug events are its children. */
let debugParent: Request | undefined;
const debug = new DebugAdapter(
  (event) => void sockets.publish("debug_event", event, debugParent?.header),
  () => language.ask("names", {}),
);
const executions = new Executions(sockets, output, language, interrupter, history, cellGraph, debug, toUser);
const questions = new Questions(sockets, promptAnswers, flags, toUser);
const comms = new CommTable();

/** Comm messages whose handler still runs on the user thread, by their output number. */
const beingHandled = new Map<number, Request>();
const COMM_EVENTS = { comm_open: "open", comm_msg: "message", comm_close: "close" } as const;
const POLL_PARENT_MS = 1_000;
/** How long the user thread has for an orderly exit. */
const LEAVE_MS = 1_000;

/** Requests that are answered with one reply, by message type. */
const ANSWERS: Record<string, (request: Request) => unknown> = {
  kernel_info_request: kernelInfo,
  comm_info_request: ({ content }) => comms.info(content.target_name),
  is_complete_request: (request) => isComplete(language, request),
  complete_request: (request) => complete(language, request),
  inspect_request: (request) => inspect(language, request),
  history_request: async ({ content }) => ({ status: "ok", history: await history.find(content) }),
  create_subshell_request: () => subshells.create(),
  delete_subshell_request: ({ content }) => subshells.delete(String(content.subshell_id)),
  list_subshell_request: () => subshells.list(),
  debug_request: (request) => {
    debugParent = request;
    return debug.handle(request.content);
  },
  interrupt_request: () => {
    questions.cancel();
    void executions.interrupt();
    return { status: "ok" };
  },
};

function onRequest(channel: RequestChannel, request: Request): void {
  const type = request.header.msg_type;
  if (type === "execute_request") executions.enqueue(request, subshells.lane(request.header.subshell_id));
  else if (type === "input_reply") questions.answer(String(request.content.value ?? ""));
  else if (type === "shutdown_request") void shutDown(channel, request);
  else if (type in COMM_EVENTS) onComm(COMM_EVENTS[type as keyof typeof COMM_EVENTS], request);
  else void answer(channel, request);
}

async function answer(channel: RequestChannel, request: Request): Promise<void> {
  void sockets.publish("status", { execution_state: "busy" }, request.header);
  try {
    const handler = ANSWERS[request.header.msg_type];
    // Unknown message types get no reply, only busy and idle, as the protocol asks.
    if (handler) await sockets.reply(channel, request, await handler(request));
  } catch (error) {
    await sockets.reply(channel, request, errorReply(error));
  }
  becomeIdle(request);
}

/** A comm message goes to the user thread at once, also while a cell awaits. */
function onComm(event: "open" | "message" | "close", request: Request): void {
  if (cellGraph.receive(event, request)) return;
  const { comm_id: id, target_name: target, data = {} } = request.content;
  if (typeof id !== "string") return;
  const cell = executions.nextCell();
  output.setParent(cell, request.header);
  void sockets.publish("status", { execution_state: "busy" }, request.header);
  comms.note(event, { id, target });
  beingHandled.set(cell, request);
  toUser({
    type: "comm",
    cell,
    event,
    comm: {
      id,
      target,
      data: JSON.stringify(data),
      metadata: JSON.stringify(request.metadata ?? {}),
      buffers: request.buffers,
    },
  });
}

/**
 * idle for this request; front ends show the last status they saw, so while a cell runs, busy follows. That has
 * no parent: a request's own messages are one busy, one idle and what lies between, whatever else is asked.
 */
function becomeIdle(request: Request): void {
  void sockets.publish("status", { execution_state: "idle" }, request.header);
  if (executions.current) void sockets.publish("status", { execution_state: "busy" });
}

async function shutDown(channel: RequestChannel, request: Request): Promise<void> {
  void sockets.publish("status", { execution_state: "busy" }, request.header);
  output.flush();
  void sockets.reply(channel, request, { status: "ok", restart: request.content.restart === true });
  void sockets.publish("status", { execution_state: "idle" }, request.header);
  await leave();
}

/** Ends the process. The sockets go first: a thread that dies with open ones aborts the process. */
async function leave(): Promise<void> {
  await debug.release();
  debug.close();
  language.close();
  interrupter.close();
  await sockets.close();
  toUser({ type: "leave" });
  // The user thread may be in an endless loop and never hear it.
  setTimeout(() => process.kill(process.pid, "SIGKILL"), LEAVE_MS);
}

function onUserMessage(message: FromUser): void {
  switch (message.type) {
    case "stream":
      output.stream(message);
      break;
    case "display":
      output.display(message);
      break;
    case "clear":
      output.publish("clear_output", { wait: message.wait }, message.cell);
      break;
    case "done":
      executions.done(message.cell, message.outcome);
      break;
    case "input":
      output.flush();
      questions.ask(message, executions.request(message.cell));
      break;
    case "rebound":
      cellGraph.graph.changed(message.name);
      cellGraph.announce();
      break;
    case "handled": {
      output.flush();
      const request = beingHandled.get(message.cell);
      beingHandled.delete(message.cell);
      if (request) becomeIdle(request);
      break;
    }
    case "comm": {
      const { id: comm_id, target: target_name, buffers } = message.comm;
      comms.note(message.event, message.comm);
      const data = JSON.parse(message.comm.data);
      const metadata = JSON.parse(message.comm.metadata);
      const type = { open: "comm_open", message: "comm_msg", close: "comm_close" }[message.event];
      const content = message.event === "open" ? { comm_id, target_name, data } : { comm_id, data };
      output.publish(type, content, message.cell, { metadata, buffers });
    }
  }
}

/** Another language thread, with its lines to this thread and to the user's. */
function restartLanguage(): MessagePort {
  const toThis = new MessageChannel();
  const toUsers = new MessageChannel();
  const data = { flags, folder: process.cwd(), wire: toThis.port2, user: toUsers.port1 };
  startLanguageThread(data, process.env);
  toUser({ type: "language", port: toUsers.port2 }, [toUsers.port2]);
  return toThis.port1;
}

/** A kernel whose server died must not stay behind; Jupyter names the server in JPY_PARENT_PID. */
function leaveWithParent(): void {
  const parent = process.ppid;
  if (!process.env.JPY_PARENT_PID) return;
  setInterval(() => {
    if (process.ppid !== parent) void leave();
  }, POLL_PARENT_MS);
}

parentPort!.on("message", onUserMessage);
await sockets.open(onRequest);
void sockets.publish("status", { execution_state: "starting" });
leaveWithParent();
keepCompileCacheSmall(compileCache);

/**
 * What the three threads of the kernel say to each other.
 *
 *   user thread (main): the user's code and nothing else
 *   wire thread:        ZeroMQ sockets and the protocol
 *   language thread:    TypeScript: rewriting cells and modules, completion, types
 *
 * A `cell` is the number of one execution in this process: it ties output to the request that caused it,
 * long after that request was answered. It is not the execution count, which silent requests share.
 */
import type { MessagePort } from "node:worker_threads";
import type { MimeBundle } from "../../../lib/notebook/host.ts";
import type { Flags } from "./flags.ts";

/** What a new thread gets. */
export interface WireThreadData {
  connectionFile: string;
  flags: Flags;
  language: MessagePort;
  /** Where answers to the user thread's synchronous prompt() go. */
  promptAnswers: MessagePort;
  /** The folder of compiled modules that the kernel keeps small; undefined when the user chose one. */
  compileCache: string | undefined;
}

export interface LanguageThreadData {
  flags: Flags;
  /** Folder of the notebook. */
  folder: string;
  wire: MessagePort;
  user: MessagePort;
}

/** A cell after the language thread has rewritten it. */
export interface RewrittenCell {
  /** JavaScript for the inspector's REPL mode. */
  code: string;
  /** Source map (version 3) from `code` to the cell, as JSON. */
  map: string;
  /** %%time: print what it took. */
  timed?: boolean;
  /** For the reply: text for the pager or the next cell. */
  payload?: Record<string, unknown>[];
}

export interface CommPayload {
  id: string;
  target?: string;
  /** JSON. */
  data: string;
  metadata: string;
  buffers: Uint8Array[];
}

export type ToUser =
  | {
      type: "execute";
      cell: number;
      /** How errors call it, e.g. `cell 3`. */
      name: string;
      source: string;
      rewritten: RewrittenCell;
      showResult: boolean;
      allowInput: boolean;
      /** name → rewritten expression, evaluated after the cell. */
      expressions: Record<string, RewrittenCell>;
    }
  | { type: "interrupt" }
  | { type: "leave" }
  | { type: "pulse"; count: number }
  /** The line to a new language thread; the old one has died. */
  | { type: "language"; port: MessagePort }
  /** The wire thread has given up on a cell: its late result is nobody's. */
  | { type: "abandon"; cell: number }
  | { type: "comm"; cell: number; event: "open" | "message" | "close"; comm: CommPayload }
  | { type: "input"; id: number; value?: string; error?: string };

export interface ErrorReport {
  ename: string;
  evalue: string;
  traceback: string[];
}

export type ExpressionResult = { status: "ok"; data: string } | ({ status: "error" } & ErrorReport);

export type CellOutcome =
  | { status: "ok"; result?: string; expressions: Record<string, ExpressionResult> }
  | ({ status: "error"; interrupted: boolean } & ErrorReport);

export type FromUser =
  | { type: "done"; cell: number; outcome: CellOutcome }
  | { type: "stream"; cell: number; name: "stdout" | "stderr"; text: string }
  | {
      type: "display";
      cell: number;
      /** JSON of the MIME bundle and its metadata: made where the values live, so nothing is lost on the way. */
      data: string;
      metadata: string;
      displayId?: string;
      update: boolean;
      buffers: Uint8Array[];
    }
  | { type: "clear"; cell: number; wait: boolean }
  | { type: "comm"; cell: number; event: "open" | "message" | "close"; comm: CommPayload }
  | { type: "input"; cell: number; id: number; prompt: string; password: boolean; blocks: boolean }
  /** A widget has set the variable of a param() call. */
  | { type: "rebound"; name: string }
  /** The handler of a comm message has returned: its output is complete. */
  | { type: "handled"; cell: number };

/** Requests to the language thread; each is answered by { id, result } or { id, error }. */
export interface LanguageRequests {
  rewrite: { code: string; cell: number; name: string };
  /** Guards the awaits of a local module; lines stay, types stay. */
  rewriteModule: { file: string; source: string };
  /** Compiles a module whose types cannot simply be blanked out. */
  transpileModule: { file: string; source: string };
  isComplete: { code: string };
  complete: { code: string; position: number };
  inspect: { code: string; position: number; detail: number };
  /** The cell has run: its names exist for later cells. */
  commit: { code: string; cell: number; name: string };
  /** Every name that cells have declared. */
  names: object;
  /** Type errors of cells, in words. Background work: dropped when something else is asked. */
  check: { cells: { code: string; cell: number; name: string }[] };
}

export interface LanguageResults {
  rewrite: RewrittenCell | SyntaxProblem;
  rewriteModule: string;
  transpileModule: RewrittenCell;
  isComplete: { status: "complete" | "incomplete" | "invalid"; indent?: string };
  complete: Completion;
  inspect: MimeBundle | undefined;
  commit: CellNames;
  names: string[];
  /** In the order of the cells. */
  check: string[][];
}

/** What a cell has to do with other cells. */
export interface CellNames {
  /** Names that it declares at its top. */
  defines: string[];
  /** Names that earlier cells have declared and that it mentions. */
  reads: string[];
}

/** The cell is not TypeScript; shown like a thrown SyntaxError. */
export interface SyntaxProblem {
  problem: ErrorReport;
}

export interface Completion {
  matches: string[];
  /** UTF-16 offsets of the text that a match replaces. */
  start: number;
  end: number;
  /** One per match, in the shape of the protocol's experimental completion metadata. */
  types: { text: string; type: string; signature: string; start: number; end: number }[];
}

export interface LanguageRequest {
  id: number;
  kind: keyof LanguageRequests;
  /** FLAG.languageWanted when it was asked: a higher value means that somebody asked later. */
  wanted: number;
  params: LanguageRequests[keyof LanguageRequests];
}

export interface LanguageAnswer {
  id: number;
  result?: unknown;
  error?: string;
  /** The work was dropped for something more urgent; ask again. */
  dropped?: boolean;
}

/**
 * What was executed, across sessions: an SQLite file next to the user's other Jupyter data.
 *
 * Source: history_request of the messaging protocol; the file holds the same columns as IPython's. The first
 * write opens it, after the first reply. GRADBOOK_HISTORY names another file, or `:memory:` for none.
 */
import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import type { DatabaseSync } from "node:sqlite";
import { userDataFolder } from "../kernelspec.ts";

/** Content of a history_request. */
export interface HistoryRequest {
  hist_access_type?: "range" | "tail" | "search";
  /** Pairs of input and output instead of inputs. */
  output?: boolean;
  /** range: 0 is this session, negative ones count back from it. */
  session?: number;
  start?: number;
  stop?: number;
  /** tail and search: at most this many. */
  n?: number;
  /** search: with the wildcards `*` and `?`. */
  pattern?: string;
  unique?: boolean;
}

type Row = { session: number; line: number; source: string };
export type HistoryEntry = [session: number, line: number, input: string | [string, null]];

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (session INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS history (
    session INTEGER NOT NULL, line INTEGER NOT NULL, source TEXT NOT NULL, PRIMARY KEY (session, line)
  );`;

export class History {
  readonly #file: string;
  #opened: Promise<{ database: DatabaseSync; session: number }> | undefined;

  constructor(
    file = process.env.GRADBOOK_HISTORY ?? path.join(userDataFolder(), "gradbook", "history.sqlite"),
  ) {
    this.#file = file;
  }

  /** Writes soon, when the wire thread has nothing urgent to send. */
  add(line: number, source: string): void {
    setImmediate(async () => {
      const { database, session } = await this.#open();
      try {
        database.prepare("INSERT OR REPLACE INTO history VALUES (?, ?, ?)").run(session, line, source);
      } catch {
        // Another kernel has held the lock for two seconds, or the disk is full: one line is missing, no more.
      }
    });
  }

  /** The entries in the order of their execution. */
  async find(request: HistoryRequest): Promise<HistoryEntry[]> {
    const { database, session } = await this.#open();
    const { hist_access_type: access = "tail", output = false, n = 10, unique = false } = request;
    let rows: Row[];
    if (access === "range") {
      const { session: offset = 0, start = 1, stop } = request;
      rows = database
        .prepare("SELECT * FROM history WHERE session = ? AND line >= ? AND line < ? ORDER BY line")
        .all(offset > 0 ? offset : session + offset, start, stop ?? Number.MAX_SAFE_INTEGER) as Row[];
    } else {
      const pattern = access === "search" ? (request.pattern ?? "*") : "*";
      const latest = unique ? "AND rowid IN (SELECT max(rowid) FROM history GROUP BY source)" : "";
      rows = database
        .prepare(
          `SELECT * FROM history WHERE source GLOB ? ${latest} ORDER BY session DESC, line DESC LIMIT ?`,
        )
        .all(pattern, n) as Row[];
      rows.reverse();
    }
    return rows.map((row) => [row.session, row.line, output ? [row.source, null] : row.source]);
  }

  #open(): Promise<{ database: DatabaseSync; session: number }> {
    this.#opened ??= this.#openFile();
    return this.#opened;
  }

  async #openFile(): Promise<{ database: DatabaseSync; session: number }> {
    const { DatabaseSync } = await import("node:sqlite");
    const open = (file: string) => {
      const database = new DatabaseSync(file);
      database.exec("PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      database.exec(SCHEMA);
      return database;
    };
    let database: DatabaseSync;
    try {
      if (this.#file !== ":memory:") mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      database = open(this.#file);
      if (this.#file !== ":memory:") chmodSync(this.#file, 0o600);
    } catch {
      database = open(":memory:"); // A read-only home or a broken file: this session still has its history.
    }
    const { lastInsertRowid } = database
      .prepare("INSERT INTO sessions (start) VALUES (?)")
      .run(new Date().toISOString());
    return { database, session: Number(lastInsertRowid) };
  }
}

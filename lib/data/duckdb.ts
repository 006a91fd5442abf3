/**
 * DuckDB for what does not fit in memory: Parquet in and out, and SQL over files (sort, group, join, distinct),
 * which spills to disk. Loaded on first use, as most runs do without it.
 */
import { tmpdir } from "node:os";
import type { DuckDBConnection } from "@duckdb/node-api";

export interface DuckOptions {
  /** Memory that DuckDB may use before it spills, e.g. `"200MB"`. Default `"256MB"`. */
  memoryLimit?: string;
  threads?: number;
  /** Where it spills to. Default: the system's folder for temporary files. */
  temporaryDirectory?: string;
}

/** A connection to a database of its own; close it with `closeSync()`. */
export async function openDuck(options: DuckOptions = {}): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: options.memoryLimit ?? "256MB",
    threads: String(options.threads ?? 1),
    temp_directory: options.temporaryDirectory ?? tmpdir(),
    // Keeping the order of rows would hold whole tables in memory.
    preserve_insertion_order: "false",
  });
  return instance.connect();
}

/** A row as plain JavaScript values: dates as ISO text, 64-bit integers as numbers where exact, else as text. */
export type Row = Record<string, unknown>;

/**
 * Streams the rows of a query.
 *
 * @example for await (const row of queryRows("SELECT genre, count(*) AS n FROM 'books.parquet' GROUP BY genre")) …
 */
export async function* queryRows(sql: string, options: DuckOptions = {}): AsyncGenerator<Row> {
  const connection = await openDuck(options);
  try {
    const result = await connection.stream(sql);
    for await (const rows of result.yieldRowObjectJs()) {
      for (const row of rows) yield plain(row) as Row;
    }
  } finally {
    connection.closeSync();
  }
}

/** Quotes a string for SQL. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return value;
}

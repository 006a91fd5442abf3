/** Tables as HTML: numbers to the right, long tables cut with a line that says how much is left out. */
import { escapeHtml } from "./escape-html.ts";

/** What is used of an arquero table. */
export interface TableLike {
  numRows(): number;
  columnNames(): string[];
  get(column: string, row: number): unknown;
}

export function isTable(value: unknown): value is TableLike {
  const table = value as Partial<TableLike> | null | undefined;
  return [table?.numRows, table?.columnNames, table?.get].every((method) => typeof method === "function");
}

/** @param limit rows shown at most */
export function tableHtml(table: TableLike, limit = 20): string {
  const count = Math.min(limit, table.numRows());
  const columns = table.columnNames().map((name) => {
    const values = Array.from({ length: count }, (_, row) => table.get(name, row));
    const numeric = values.some((value) => typeof value === "number" || typeof value === "bigint");
    const style = `text-align:${numeric ? "right" : "left"};font-variant-numeric:tabular-nums;white-space:pre-wrap`;
    return { name, values, style };
  });
  const head = columns.map(({ name, style }) => `<th style="${style}">${escapeHtml(name)}</th>`).join("");
  const rows = Array.from({ length: count }, (_, row) =>
    columns
      .map(({ values, style }) => `<td style="${style}">${escapeHtml(cellText(values[row]))}</td>`)
      .join(""),
  );
  const body = rows.map((row) => `<tr>${row}</tr>`).join("");
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>${remainder(table, limit)}`;
}

/** `table with 2 rows: token, count` */
export function tableText(table: TableLike): string {
  const count = table.numRows();
  return `table with ${count} ${count === 1 ? "row" : "rows"}: ${table.columnNames().join(", ")}`;
}

function remainder(table: TableLike, limit: number): string {
  const left = table.numRows() - limit;
  return left > 0 ? `<p style="opacity:.7">… ${left.toLocaleString("en")} more rows</p>` : "";
}

/** A value in a table's cell: whole numbers in groups of three digits, others to five digits. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") {
    return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(5)));
  }
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace("T", " ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

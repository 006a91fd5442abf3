/** A table to look at: an arquero table, or a list of records. */
import type { Displayable } from "../bundle.ts";
import { html } from "../display.ts";
import { isTable, tableHtml, tableText, type TableLike } from "../table-html.ts";

/**
 * @param limit rows shown at most
 * @example dataTable([{ chapter: 1, words: 2_201 }, { chapter: 2, words: 1_437 }])
 */
export function dataTable(
  rows: TableLike | readonly object[],
  { limit = 20 }: { limit?: number } = {},
): Displayable {
  const table = isTable(rows) ? rows : tableOfRecords(rows);
  return html(tableHtml(table, limit), tableText(table));
}

/** Columns in the order in which the records first name them. */
function tableOfRecords(records: readonly object[]): TableLike {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return {
    numRows: () => records.length,
    columnNames: () => names,
    get: (column, row) => (records[row] as Record<string, unknown>)[column],
  };
}

/**
 * What changed between two notebooks, cell by cell: for reviewing, where a diff of the JSON says nothing.
 *
 * Cells are paired by id, the rest by equal text; the order of the pairs tells which moved. Texts are compared
 * by line, outputs only by kind and equality.
 */
import { diff } from "node:util";
import { isCodeCell, type Cell, type Notebook, type Output } from "./notebook.ts";

export interface LineChange {
  kind: "same" | "added" | "removed";
  line: string;
}

export interface CellChange {
  kind: "added" | "removed" | "changed" | "moved";
  cell_type: Cell["cell_type"];
  id: string;
  /** Place in the notebook that has it (the new one, but for removed cells), from 1. */
  number: number;
  /** Lines of the text, when it changed; all of them for an added or removed cell. */
  lines?: LineChange[];
  /** Other things that changed: `"metadata"`, `"type"`, `"outputs"`. */
  also: string[];
}

export interface NotebookDiff {
  cells: CellChange[];
  /** Whether the notebooks' own metadata differ, widget state aside. */
  metadata: boolean;
}

/**
 * Compares two notebooks.
 * @param options.outputs also compare outputs and execution counts
 */
export function diffNotebooks(
  before: Notebook,
  after: Notebook,
  options: { outputs?: boolean } = {},
): NotebookDiff {
  const pairs = pairCells(before.cells, after.cells);
  const moved = movedCells(before.cells, after.cells, pairs);
  const changes = after.cells.flatMap((cell, index) => {
    const old = pairs.get(cell);
    const change = old ? compare(old, cell, moved.has(cell), options.outputs ?? false) : whole("added", cell);
    return change ? [{ ...change, number: index + 1 }] : [];
  });
  const kept = new Set(pairs.values());
  const removed = before.cells.flatMap((cell, index) =>
    kept.has(cell) ? [] : [{ ...whole("removed", cell), number: index + 1 }],
  );
  const { widgets: _before, ...metadataBefore } = before.metadata;
  const { widgets: _after, ...metadataAfter } = after.metadata;
  return {
    cells: [...removed, ...changes].sort((a, b) => a.number - b.number),
    metadata: !equal(metadataBefore, metadataAfter),
  };
}

/** New cell → old cell. */
function pairCells(before: Cell[], after: Cell[]): Map<Cell, Cell> {
  const pairs = new Map<Cell, Cell>();
  const free = new Set(before);
  const pairBy = (key: (cell: Cell) => string) => {
    const olds = Map.groupBy(free, key);
    for (const cell of after.filter((each) => !pairs.has(each))) {
      const old = olds.get(key(cell))?.shift();
      if (!old) continue;
      pairs.set(cell, old);
      free.delete(old);
    }
  };
  pairBy((cell) => cell.id);
  pairBy((cell) => `${cell.cell_type}\n${cell.source}`);
  return pairs;
}

/** Paired cells that are not part of the longest common order of both notebooks. */
function movedCells(before: Cell[], after: Cell[], pairs: Map<Cell, Cell>): Set<Cell> {
  const place = new Map(before.map((cell, index) => [cell, String(index)]));
  const paired = after.filter((cell) => pairs.has(cell));
  if (paired.length < 2) return new Set(); // node:util's diff cannot compare two empty lists.
  const newOrder = paired.map((cell) => place.get(pairs.get(cell)!)!);
  const oldOrder = newOrder.toSorted((a, b) => Number(a) - Number(b));
  const added = new Set(
    diff(newOrder, oldOrder).flatMap(([operation, index]) => (operation === 1 ? [index] : [])),
  );
  return new Set(paired.filter((_cell, index) => added.has(newOrder[index])));
}

type Change = Omit<CellChange, "number">;

function compare(old: Cell, cell: Cell, moved: boolean, withOutputs: boolean): Change | undefined {
  const also: string[] = [];
  if (old.cell_type !== cell.cell_type) also.push("type");
  const { execution: _old, ...oldMetadata } = old.metadata;
  const { execution: _new, ...metadata } = cell.metadata;
  if (!equal(oldMetadata, metadata)) also.push("metadata");
  if (withOutputs && !equal(outputsOf(old), outputsOf(cell))) also.push("outputs");
  const { id, cell_type, source } = cell;
  const lines = old.source === source ? undefined : diffLines(old.source, source);
  if (lines || also.length > 0) return { kind: "changed", id, cell_type, lines, also };
  return moved ? { kind: "moved", id, cell_type, also } : undefined;
}

function whole(kind: "added" | "removed", cell: Cell): Change {
  const lines = cell.source.split("\n").map((line) => ({ kind, line }));
  return { kind, id: cell.id, cell_type: cell.cell_type, lines, also: [] };
}

/** Within a run of changes, the removed lines come before the added ones, as people are used to. */
function diffLines(before: string, after: string): LineChange[] {
  const lines: LineChange[] = [];
  let added: LineChange[] = [];
  for (const [operation, line] of diff(after.split("\n"), before.split("\n"))) {
    if (operation === 1) added.push({ kind: "added", line });
    else if (operation === -1) lines.push({ kind: "removed", line });
    else {
      lines.push(...added, { kind: "same", line });
      added = [];
    }
  }
  return [...lines, ...added];
}

function outputsOf(cell: Cell): Output[] {
  return isCodeCell(cell) ? cell.outputs : [];
}

/** Equal as JSON with sorted keys. */
function equal(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

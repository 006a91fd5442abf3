/**
 * Packing: documents of different lengths laid into rows of one length, so that no place is padding that could
 * hold text (best fit decreasing, as in "Fewer Truncations Improve Language Modeling", arXiv 2404.10830).
 *
 * Each place knows its document (`segments`) and its position in it, so attention can stop at document borders.
 * A document longer than a row is cut into pieces; each piece counts as its own segment.
 * Shapes: `ids`, `segments`, `positions` are [rows, length] in row-major order.
 */
import { fail } from "../core/errors.ts";

export interface PackedRows {
  rows: number;
  length: number;
  ids: Int32Array;
  /** 1, 2, … within a row; 0 where there is padding. */
  segments: Int32Array;
  /** Position within the segment. */
  positions: Int32Array;
  /** Share of places that hold text. */
  fill: number;
}

/**
 * @param documents ids of each document
 * @param length places in a row
 * @param padding id for the places that stay free
 */
export function packDocuments(
  documents: readonly ArrayLike<number>[],
  length: number,
  padding: number,
): PackedRows {
  if (!Number.isInteger(length) || length < 1)
    fail("packDocuments", { expected: "a row length of at least 1", got: length });
  const pieces: { document: number; start: number; size: number }[] = [];
  documents.forEach((ids, document) => {
    for (let start = 0; start < ids.length; start += length)
      pieces.push({ document, start, size: Math.min(length, ids.length - start) });
  });
  pieces.sort((a, b) => b.size - a.size || a.document - b.document || a.start - b.start);

  /** Rows by the places they have left: the fullest row that a piece fits into is found by counting up. */
  const byRoom: number[][] = Array.from({ length: length + 1 }, () => []);
  const rows: (typeof pieces)[] = [];
  for (const piece of pieces) {
    let room = piece.size;
    while (room <= length && byRoom[room].length === 0) room++;
    const row = room <= length ? byRoom[room].pop()! : rows.push([]) - 1;
    rows[row].push(piece);
    byRoom[(room <= length ? room : length) - piece.size].push(row);
  }

  const ids = new Int32Array(rows.length * length).fill(padding);
  const [segments, positions] = [new Int32Array(ids.length), new Int32Array(ids.length)];
  let filled = 0;
  rows.forEach((row, r) => {
    let at = r * length;
    row.forEach(({ document, start, size }, s) => {
      for (let i = 0; i < size; i++, at++) {
        ids[at] = documents[document][start + i];
        segments[at] = s + 1;
        positions[at] = i;
      }
      filled += size;
    });
  });
  return {
    rows: rows.length,
    length,
    ids,
    segments,
    positions,
    fill: ids.length === 0 ? 1 : filled / ids.length,
  };
}

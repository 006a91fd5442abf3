/**
 * Packing: documents of different lengths laid into rows of one length, so that no place is padding that could
 * hold text (best fit decreasing, as in "Fewer Truncations Improve Language Modeling", arXiv 2404.10830).
 *
 * Each place knows its document (`segments`) and its position in it, so attention can stop at document borders, and
 * its target: the next id of the same document, nothing at its end.
 * A document longer than a row is cut into pieces; each piece counts as its own segment.
 * Shapes: `ids`, `targets`, `segments`, `positions` are [rows, length] in row-major order.
 */
import { fail } from "../core/errors.ts";
import { IGNORED } from "./random-windows.ts";

export interface PackedRows {
  rows: number;
  length: number;
  ids: Int32Array;
  /** What follows each id in its piece; −100 at the end of a piece, in padding, and where `labels` say so. */
  targets: Int32Array;
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
 * @param labels for each document the ids to be learned, −100 for those that are not; the documents by default
 */
export function packDocuments(
  documents: readonly ArrayLike<number>[],
  length: number,
  padding: number,
  labels: readonly ArrayLike<number>[] = documents,
): PackedRows {
  if (!Number.isInteger(length) || length < 1)
    fail("packDocuments", { expected: "a row length of at least 1", got: length });
  const uneven = documents.findIndex((ids, i) => labels[i]?.length !== ids.length);
  if (uneven >= 0)
    fail("packDocuments", {
      expected: `${documents[uneven].length} labels for document ${uneven}`,
      got: labels[uneven]?.length,
    });
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
  const targets = new Int32Array(ids.length).fill(IGNORED);
  const [segments, positions] = [new Int32Array(ids.length), new Int32Array(ids.length)];
  let filled = 0;
  rows.forEach((row, r) => {
    let at = r * length;
    row.forEach(({ document, start, size }, s) => {
      for (let i = 0; i < size; i++, at++) {
        ids[at] = documents[document][start + i];
        segments[at] = s + 1;
        positions[at] = i;
        if (i + 1 < size) targets[at] = labels[document][start + i + 1];
      }
      filled += size;
    });
  });
  return {
    rows: rows.length,
    length,
    ids,
    targets,
    segments,
    positions,
    fill: ids.length === 0 ? 1 : filled / ids.length,
  };
}

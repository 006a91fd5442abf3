/**
 * The `truncation` and `padding` of a `tokenizer.json`: keep sequences within a length, bring a batch to one.
 */
import { fail } from "../../core/errors.ts";
import { choiceField, numberField, stringField } from "./fields.ts";
import type { Json } from "./fields.ts";
import type { IdRow } from "./post-processors.ts";

export interface Truncation {
  /** Ids of a sequence (or of a pair together), frame included. */
  maxLength: number;
  strategy: "LongestFirst" | "OnlyFirst" | "OnlySecond";
  direction: "Left" | "Right";
}

export interface Padding {
  /** A fixed number of ids, or the longest of the batch. */
  length: number | "longest";
  direction: "Left" | "Right";
  /** Lengths are rounded up to a multiple of this. */
  multipleOf: number;
  id: number;
  typeId: number;
}

const directions = ["Left", "Right"] as const;

export function readTruncation(json: Json, where: string): Truncation {
  return {
    maxLength: numberField(json, "max_length", where),
    strategy: choiceField(
      json,
      "strategy",
      where,
      ["LongestFirst", "OnlyFirst", "OnlySecond"],
      "LongestFirst",
    ),
    direction: choiceField(json, "direction", where, directions, "Right"),
  };
}

export function readPadding(json: Json, where: string): Padding {
  const strategy = json.strategy;
  const isFixed = typeof strategy === "object" && strategy !== null;
  if (!isFixed) choiceField(json, "strategy", where, ["BatchLongest"]);
  stringField(json, "pad_token", where);
  return {
    length: isFixed ? numberField(strategy as Json, "Fixed", `${where}.strategy`) : "longest",
    direction: choiceField(json, "direction", where, directions, "Right"),
    multipleOf: numberField(json, "pad_to_multiple_of", where, 1),
    id: numberField(json, "pad_id", where),
    typeId: numberField(json, "pad_type_id", where, 0),
  };
}

/** Cut one or two sequences so that `room` ids are left for them together. */
export function truncate(rows: IdRow[], { strategy, direction }: Truncation, room: number): IdRow[] {
  const lengths = rows.map((row) => row.ids.length);
  const excess = lengths.reduce((sum, length) => sum + length, 0) - room;
  if (excess <= 0) return rows;
  if (strategy === "LongestFirst" && rows.length === 2) {
    const [first, second] = longestFirst(lengths[0], lengths[1], room);
    return [cut(rows[0], first, direction), cut(rows[1], second, direction)];
  }
  const target = strategy === "OnlySecond" ? 1 : 0;
  if (target >= rows.length)
    fail("truncation", { expected: "a pair of texts for OnlySecond", got: "one text" });
  if (room > 0 && strategy !== "LongestFirst" && lengths[target] <= excess) {
    fail("truncation", { expected: `more than ${excess} ids to cut from`, got: lengths[target] });
  }
  return rows.map((row, i) =>
    i === target || room <= 0 ? cut(row, Math.max(0, lengths[i] - excess), direction) : row,
  );
}

/** How long two sequences stay when the longer one is cut first, and both are halved when that is not enough. */
function longestFirst(first: number, second: number, room: number): [number, number] {
  const [short, long] = first <= second ? [first, second] : [second, first];
  let keptShort = short;
  let keptLong = short > room ? short : Math.max(short, room - short);
  if (keptShort + keptLong > room) {
    keptShort = Math.floor(room / 2);
    keptLong = keptShort + (room % 2);
  }
  keptLong = Math.min(keptLong, long);
  return first <= second ? [keptShort, keptLong] : [keptLong, keptShort];
}

function cut(row: IdRow, length: number, direction: "Left" | "Right"): IdRow {
  const from = direction === "Left" ? Math.max(0, row.ids.length - length) : 0;
  const part = <Item>(list: Item[]) => list.slice(from, from + length);
  return {
    text: row.text,
    ids: part(row.ids),
    offsets: part(row.offsets),
    typeIds: part(row.typeIds),
    special: part(row.special),
  };
}

/** How many ids a row of a batch is padded to, given the longest of the batch. */
export function paddedLength({ length, multipleOf }: Padding, longest: number): number {
  const wanted = length === "longest" ? longest : length;
  return multipleOf > 0 ? Math.ceil(wanted / multipleOf) * multipleOf : wanted;
}

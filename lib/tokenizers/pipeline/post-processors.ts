/**
 * The post-processors of `tokenizer.json`: frame sequences with control tokens (`[CLS] … [SEP]`) and trim
 * offsets.
 */
import { fail, shown } from "../../core/errors.ts";
import {
  arrayField,
  asObject,
  booleanField,
  byType,
  idField,
  numberField,
  objectField,
  stringField,
} from "./fields.ts";
import type { Json } from "./fields.ts";

/** A sequence of ids on its way to an encoding; all lists have the same length. */
export interface IdRow {
  /** The text that the offsets point into. */
  text: string;
  ids: number[];
  offsets: [number, number][];
  /** Which of the two sequences of a pair: 0 or 1, or what the template says. */
  typeIds: number[];
  /** 1 for ids that the frame added, else 0. */
  special: number[];
}

export interface PostProcessor {
  /** How many ids the frame adds to one sequence, or to a pair. */
  added(isPair: boolean): number;
  /** Sequences in, sequences out: framed ones stand in the order in which they are joined. */
  process(rows: IdRow[], addSpecial: boolean): IdRow[];
}

/** Spelling of an id, for trimming. */
type Spell = (id: number) => string;

const readers: Record<string, (json: Json, where: string, spell: Spell) => PostProcessor> = {
  Sequence: (json, where, spell) =>
    inSequence(
      arrayField(json, "processors", where).map((step, i) =>
        readPostProcessor(step, `${where}.processors[${i}]`, spell),
      ),
    ),
  ByteLevel: (json, where, spell) =>
    booleanField(json, "trim_offsets", where)
      ? trimmer(spell, booleanField(json, "add_prefix_space", where))
      : { added: () => 0, process: (rows) => rows },
  BertProcessing: bertProcessing,
  RobertaProcessing: robertaProcessing,
  TemplateProcessing: templateProcessing,
};

/** The post-processor that a `tokenizer.json` describes. */
export function readPostProcessor(json: unknown, where: string, spell: Spell): PostProcessor {
  const object = asObject(json, where);
  return byType(object, where, readers)(object, where, spell);
}

function inSequence(steps: readonly PostProcessor[]): PostProcessor {
  return {
    added: (isPair) => steps.reduce((sum, step) => sum + step.added(isPair), 0),
    process: (rows, addSpecial) => steps.reduce((current, step) => step.process(current, addSpecial), rows),
  };
}

/** A row of ids that stand for no text. */
export function controlRow(ids: readonly number[], typeId: number): IdRow {
  return {
    text: "",
    ids: [...ids],
    offsets: ids.map(() => [0, 0]),
    typeIds: ids.map(() => typeId),
    special: ids.map(() => 1),
  };
}

/** One row after another. */
export function joinRows(rows: readonly IdRow[]): IdRow {
  if (rows.length === 1) return rows[0];
  return {
    text: "",
    ids: rows.flatMap((row) => row.ids),
    offsets: rows.flatMap((row) => row.offsets),
    typeIds: rows.flatMap((row) => row.typeIds),
    special: rows.flatMap((row) => row.special),
  };
}

/** The offsets of byte-level tokens without the blanks at their ends. */
function trimmer(spell: Spell, addsPrefixSpace: boolean): PostProcessor {
  const isBlank = (character: string) => character === "Ġ" || /\p{White_Space}/u.test(character);
  const trim = (
    text: string,
    [start, end]: [number, number],
    id: number,
    index: number,
  ): [number, number] => {
    const characters = [...spell(id)];
    const kept = characters.findIndex((character) => !isBlank(character));
    let leading = kept < 0 ? characters.length : kept;
    let trailing = characters.length - 1 - characters.findLastIndex((character) => !isBlank(character));
    // A single blank before the first word was put there by add_prefix_space and stands for no text.
    if (leading === 1 && addsPrefixSpace && (index === 0 || start === 0)) leading = 0;
    for (; leading > 0 && start < end; leading--) start += text.codePointAt(start)! > 0xffff ? 2 : 1;
    for (; trailing > 0 && end > start; trailing--) end--;
    return [start, end];
  };
  return {
    added: () => 0,
    process: (rows) =>
      rows.map((row) => ({
        ...row,
        offsets: row.offsets.map((offsets, i) => trim(row.text, offsets, row.ids[i], i)),
      })),
  };
}

/** `["[SEP]", 102]` */
function namedId(json: Json, key: string, where: string): number {
  const pair = arrayField(json, key, where);
  if (pair.length !== 2 || typeof pair[1] !== "number") {
    fail(`${where}.${key}`, { expected: "a token and its id", got: shown(pair) });
  }
  return pair[1];
}

function bertProcessing(json: Json, where: string): PostProcessor {
  const sep = namedId(json, "sep", where);
  const cls = namedId(json, "cls", where);
  return {
    added: (isPair) => (isPair ? 3 : 2),
    process(rows, addSpecial) {
      if (!addSpecial) return rows;
      return rows.map((row, i) =>
        joinRows([...(i === 0 ? [controlRow([cls], 0)] : []), row, controlRow([sep], i === 0 ? 0 : 1)]),
      );
    },
  };
}

function robertaProcessing(json: Json, where: string, spell: Spell): PostProcessor {
  const sep = namedId(json, "sep", where);
  const cls = namedId(json, "cls", where);
  const trims = booleanField(json, "trim_offsets", where);
  const trim = trimmer(spell, booleanField(json, "add_prefix_space", where));
  return {
    added: (isPair) => (isPair ? 4 : 2),
    process(rows, addSpecial) {
      const trimmed = trims ? trim.process(rows, addSpecial) : rows;
      const untyped = trimmed.map((row) => ({ ...row, typeIds: row.ids.map(() => 0) }));
      if (!addSpecial) return untyped;
      return untyped.map((row, i) =>
        joinRows([controlRow([i === 0 ? cls : sep], 0), row, controlRow([sep], 0)]),
      );
    },
  };
}

/** A piece of a template: one of the sequences, or control tokens. */
type Piece = { sequence: 0 | 1; typeId: number } | { ids: number[]; typeId: number };

function templateProcessing(json: Json, where: string): PostProcessor {
  const tokens = objectField(json, "special_tokens", where);
  const single = readTemplate(json, "single", where, tokens);
  const pair = readTemplate(json, "pair", where, tokens);
  return {
    added: (isPair) =>
      (isPair ? pair : single).reduce((sum, piece) => sum + ("ids" in piece ? piece.ids.length : 0), 0),
    process: (rows, addSpecial) =>
      (rows.length > 1 ? pair : single).flatMap((piece) => {
        if ("ids" in piece) return addSpecial ? [controlRow(piece.ids, piece.typeId)] : [];
        const row = rows[piece.sequence];
        return [{ ...row, typeIds: row.ids.map(() => piece.typeId) }];
      }),
  };
}

function readTemplate(json: Json, key: "single" | "pair", where: string, tokens: Json): Piece[] {
  return arrayField(json, key, where).map((value, i) => {
    const at = `${where}.${key}[${i}]`;
    const piece = asObject(value, at);
    if (piece.Sequence !== undefined) {
      const sequence = objectField(piece, "Sequence", at);
      const isSecond = stringField(sequence, "id", at) === "B";
      if (isSecond && key === "single")
        fail(at, { expected: "sequence A alone in the template for one", got: '"B"' });
      return { sequence: isSecond ? 1 : 0, typeId: numberField(sequence, "type_id", at) };
    }
    const special = objectField(piece, "SpecialToken", at);
    const name = stringField(special, "id", at);
    if (!Object.hasOwn(tokens, name)) fail(at, { expected: "a token of special_tokens", got: shown(name) });
    const token = objectField(tokens, name, `${where}.special_tokens`);
    const ids = arrayField(token, "ids", `${where}.special_tokens.${name}`);
    for (const id of ids) idField({ id }, "id", `${where}.special_tokens.${name}`);
    return { ids: ids as number[], typeId: numberField(special, "type_id", at) };
  });
}

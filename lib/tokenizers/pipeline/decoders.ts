/**
 * The decoders of `tokenizer.json`: from the spellings of tokens back to readable text.
 */
import { textOfBytes } from "../byte-decoder.ts";
import { unspellBytes, validUtf8Length } from "../bytes.ts";
import { arrayField, asObject, booleanField, byType, numberField, stringField } from "./fields.ts";
import type { Json } from "./fields.ts";
import { readPattern } from "./normalizers.ts";

/** Spellings in, stretches of text out; joined they are the text. */
export type Decoder = (tokens: string[]) => string[];

const readers: Record<string, (json: Json, where: string) => Decoder> = {
  Sequence: (json, where) => {
    const steps = arrayField(json, "decoders", where).map((step, i) =>
      readDecoder(step, `${where}.decoders[${i}]`),
    );
    return (tokens) => steps.reduce((current, step) => step(current), tokens);
  },
  BPEDecoder: (json, where) => {
    const suffix = stringField(json, "suffix", where, "</w>");
    return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? "" : " "));
  },
  ByteFallback: () => byteFallback,
  ByteLevel: () => byteLevel,
  CTC: ctc,
  Fuse: () => (tokens) => [tokens.join("")],
  Metaspace: metaspace,
  Replace: (json, where) => {
    const pattern = readPattern(json, where);
    const content = stringField(json, "content", where);
    return (tokens) => tokens.map((token) => token.replaceAll(pattern, () => content));
  },
  Strip: strip,
  WordPiece: wordPiece,
};

/** The decoder that a `tokenizer.json` describes. */
export function readDecoder(json: unknown, where: string): Decoder {
  const object = asObject(json, where);
  return byType(object, where, readers)(object, where);
}

/** Tokens such as `<0xE4>` are bytes; a run of them that is no UTF-8 becomes one U+FFFD per byte. */
function byteFallback(tokens: string[]): string[] {
  const decoded: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    const held = Uint8Array.from(bytes);
    if (validUtf8Length(held) === held.length) decoded.push(textOfBytes(held));
    else for (let left = held.length; left > 0; left--) decoded.push("\ufffd");
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9a-fA-F]{2})>$/.exec(token)?.[1];
    if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, 16));
      continue;
    }
    if (bytes.length > 0) flush();
    decoded.push(token);
  }
  if (bytes.length > 0) flush();
  return decoded;
}

function byteLevel(tokens: string[]): string[] {
  return [textOfBytes(Buffer.concat(tokens.map((token) => unspellBytes(token) ?? Buffer.from(token))))];
}

function metaspace(json: Json, where: string): Decoder {
  const replacement = stringField(json, "replacement", where);
  const keepsFirst =
    stringField(json, "prepend_scheme", where, "always") === "never" ||
    !booleanField(json, "add_prefix_space", where, true);
  return (tokens) =>
    tokens.map((token, i) => token.replaceAll(replacement, i === 0 && !keepsFirst ? "" : " "));
}

/** Take up to `start` and `stop` times a character off the two ends of every token. */
function strip(json: Json, where: string): Decoder {
  const content = stringField(json, "content", where);
  const start = numberField(json, "start", where);
  const stop = numberField(json, "stop", where);
  return (tokens) =>
    tokens.map((token) => {
      const characters = [...token];
      let from = 0;
      while (from < Math.min(start, characters.length) && characters[from] === content) from++;
      let to = characters.length;
      while (to > from && characters.length - to < stop && characters[to - 1] === content) to--;
      return characters.slice(from, to).join("");
    });
}

function wordPiece(json: Json, where: string): Decoder {
  const prefix = stringField(json, "prefix", where, "##");
  const cleans = booleanField(json, "cleanup", where, true);
  return (tokens) =>
    tokens.map((token, i) => {
      const text = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? cleanUp(text) : text;
    });
}

/** No blank before English punctuation and contractions. */
function cleanUp(text: string): string {
  for (const sign of [" .", " ?", " !", " ,"]) text = text.replaceAll(sign, sign.slice(1));
  text = text.replaceAll(" ' ", "'");
  text = text.replaceAll(" n't", "n't").replaceAll(" 'm", "'m").replaceAll(" do not", " don't");
  return text.replaceAll(" 's", "'s").replaceAll(" 've", "'ve").replaceAll(" 're", "'re");
}

function ctc(json: Json, where: string): Decoder {
  const pad = stringField(json, "pad_token", where, "<pad>");
  const delimiter = stringField(json, "word_delimiter_token", where, "|");
  const cleans = booleanField(json, "cleanup", where, true);
  return (tokens) =>
    tokens
      .filter((token, i) => token !== tokens[i - 1])
      .map((token) => token.replaceAll(pad, ""))
      .map((token) => (cleans ? cleanUp(token).replaceAll(delimiter, " ") : token))
      .filter((token) => token !== "");
}

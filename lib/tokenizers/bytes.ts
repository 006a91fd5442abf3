/**
 * Text as UTF-16 units and as UTF-8 bytes, in buffers that are reused.
 *
 * The hot loops read text from a Uint16Array instead of asking the string for each character: copying is far
 * quicker than a million `charCodeAt` calls, which have to find out each time how the string is stored.
 */

/** The size above which a buffer is not kept for the next text. */
const KEEP_UNITS = 1 << 22;

let sharedUnits = new Uint16Array(1 << 12);

/**
 * The UTF-16 units of a text; only the first `text.length` entries count.
 * The array is shared: it holds until the next call.
 */
export function textUnits(text: string): Uint16Array {
  let units = sharedUnits;
  if (text.length > units.length) {
    units = new Uint16Array(Math.ceil(text.length * 1.25));
    if (text.length <= KEEP_UNITS) sharedUnits = units;
  }
  Buffer.from(units.buffer, 0, text.length * 2).write(text, "utf16le");
  return units;
}

/**
 * Write `units[start, end)` as UTF-8 into `bytes` and answer how many bytes that took (at most three a unit).
 * A lone surrogate becomes U+FFFD.
 */
export function writeUtf8(units: Uint16Array, start: number, end: number, bytes: Uint8Array): number {
  let length = 0;
  for (let at = start; at < end; at++) {
    const unit = units[at];
    if (unit < 0x80) bytes[length++] = unit;
    else if (unit < 0x800) {
      bytes[length++] = 0xc0 | (unit >> 6);
      bytes[length++] = 0x80 | (unit & 0x3f);
    } else if ((unit & 0xfc00) === 0xd800 && at + 1 < end && (units[at + 1] & 0xfc00) === 0xdc00) {
      const codePoint = 0x10000 + ((unit - 0xd800) << 10) + (units[++at] - 0xdc00);
      bytes[length++] = 0xf0 | (codePoint >> 18);
      bytes[length++] = 0x80 | ((codePoint >> 12) & 0x3f);
      bytes[length++] = 0x80 | ((codePoint >> 6) & 0x3f);
      bytes[length++] = 0x80 | (codePoint & 0x3f);
    } else {
      const scalar = (unit & 0xf800) === 0xd800 ? 0xfffd : unit;
      bytes[length++] = 0xe0 | (scalar >> 12);
      bytes[length++] = 0x80 | ((scalar >> 6) & 0x3f);
      bytes[length++] = 0x80 | (scalar & 0x3f);
    }
  }
  return length;
}

/**
 * GPT-2's spelling of bytes as visible characters: printable Latin-1 stands for itself, the others for
 * U+0100, U+0101, …; so a blank is "Ġ" and a line break "Ċ". `tokenizer.json` writes byte-level tokens so.
 */
export const byteToCharacter: readonly string[] = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

const characterToByte = new Map(byteToCharacter.map((character, byte) => [character, byte]));

/** Bytes in GPT-2's visible spelling. */
export function spellBytes(bytes: Iterable<number>): string {
  let spelling = "";
  for (const byte of bytes) spelling += byteToCharacter[byte];
  return spelling;
}

/** The bytes of GPT-2's visible spelling, or undefined when a character in it stands for no byte. */
export function unspellBytes(spelling: string): Uint8Array | undefined {
  const bytes = new Uint8Array(spelling.length);
  for (let at = 0; at < spelling.length; at++) {
    const byte = characterToByte.get(spelling[at]);
    if (byte === undefined) return undefined;
    bytes[at] = byte;
  }
  return bytes;
}

/** How many bytes from the start are valid UTF-8 (surrogates and overlong forms are not). */
export function validUtf8Length(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at];
    const width =
      first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (width === 0 || at + width > bytes.length) return at;
    for (let i = 1; i < width; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return at;
    const second = bytes[at + 1];
    if (first === 0xe0 && second < 0xa0) return at;
    if (first === 0xed && second > 0x9f) return at;
    if (first === 0xf0 && second < 0x90) return at;
    if (first === 0xf4 && second > 0x8f) return at;
    at += width;
  }
  return at;
}

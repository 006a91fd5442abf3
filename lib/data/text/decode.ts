/**
 * Bytes of unknown encoding to text, as a browser would: byte order mark, the charset that was declared (HTTP
 * header, `<meta>`), and, where the declaration is wrong or missing, UTF-8 if the bytes are valid UTF-8, else
 * Windows-1252, the web's most common legacy encoding.
 *
 * Source: WHATWG Encoding Standard and the "encoding sniffing algorithm" of HTML. Left out: statistical guesses
 * between legacy encodings.
 */
import { isUtf8 } from "node:buffer";

export interface Decoded {
  text: string;
  /** The encoding that was used, by its WHATWG name. */
  charset: string;
}

/** @param declared charset named outside the bytes, e.g. in a Content-Type header */
export function decodeText(bytes: Uint8Array, declared?: string): Decoded {
  const marked = markedCharset(bytes);
  if (marked) return { text: new TextDecoder(marked).decode(bytes), charset: marked };
  const name = canonical(declared);
  if (name === "utf-8" || name === undefined || isUtf8(bytes)) {
    // Declared Latin-1 and yet valid UTF-8: chance makes long texts so only when they are ASCII anyway.
    if (isUtf8(bytes)) return { text: new TextDecoder().decode(bytes), charset: "utf-8" };
    return { text: new TextDecoder("windows-1252").decode(bytes), charset: "windows-1252" };
  }
  return { text: new TextDecoder(name).decode(bytes), charset: name };
}

/** Decodes a page: `<meta charset>` in the first 1,024 bytes counts when nothing outside declares one. */
export function decodeHtml(bytes: Uint8Array, declared?: string): Decoded {
  return decodeText(bytes, declared ?? metaCharset(bytes));
}

/** The charset in a Content-Type value: `"text/html; charset=Shift_JIS"` → `"Shift_JIS"`. */
export function charsetOf(contentType: string | undefined): string | undefined {
  return /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? "")?.[1];
}

function metaCharset(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString("latin1");
  const declared = /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(head)?.[1];
  // A page whose markup can be read byte by byte is not in UTF-16, whatever it says.
  return declared && /^utf-?16/i.test(declared) ? "utf-8" : declared;
}

function markedCharset(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/** The WHATWG name of a charset label, undefined for one that does not exist. */
function canonical(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label.trim()).encoding;
  } catch {
    return undefined;
  }
}

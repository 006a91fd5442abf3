/**
 * E-mail (RFC 5322, MIME): headers, the parts of a message, quoted-printable and base64, charsets.
 *
 * Of alternatives the plain text is taken, the HTML only when there is no other (it stays HTML for the `html()`
 * step). Attachments are named, not read. Old mails break every rule, so nothing here throws: what cannot be
 * decoded is kept as it stands.
 */
import type { Document, Metadata } from "../document.ts";
import { charsetOf, decodeText } from "../text/decode.ts";

interface Part {
  contentType: string;
  text: string;
}

/** One message as a document named `id`; sender, recipient, subject and date become metadata. */
export function parseMail(bytes: Uint8Array, id: string): Document {
  // Latin-1 keeps every byte as one character; bodies are turned back into bytes to be decoded.
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const { headers, body } = splitMessage(source.replace(/^From .*\r?\n/, ""));
  const attachments: string[] = [];
  const parts = partsOf(headers, body, attachments, 0);
  const plain = parts.filter(({ contentType }) => !contentType.includes("html"));
  const chosen = plain.some(({ text }) => text.trim() !== "") ? plain : parts;
  const metadata: Metadata = {};
  for (const name of ["subject", "from", "to", "date"]) {
    const value = headers.get(name);
    if (value !== undefined) metadata[name] = decodeWords(value);
  }
  if (attachments.length > 0) metadata.attachments = attachments;
  metadata.contentType =
    chosen.length > 0 && chosen.every((part) => part.contentType.includes("html"))
      ? "text/html"
      : "text/plain";
  return { id, text: chosen.map(({ text }) => text).join("\n\n"), metadata };
}

/** The messages of an mbox file: each starts with a line "From …" after an empty line. */
export function splitMbox(bytes: Uint8Array): Uint8Array[] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return source
    .split(/(?:^|\r?\n\r?\n)(?=From \S+.*\d{4}\r?\n)/)
    .filter((message) => message.trim() !== "")
    .map((message) => Buffer.from(message, "latin1"));
}

function splitMessage(source: string): { headers: Map<string, string>; body: string } {
  // A part without headers starts with the empty line.
  const end = /^\r?\n|\r?\n\r?\n/.exec(source);
  const head = end ? source.slice(0, end.index) : source;
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end ? source.slice(end.index + end[0].length) : "" };
}

const MAX_DEPTH = 10;

function partsOf(headers: Map<string, string>, body: string, attachments: string[], depth: number): Part[] {
  const contentType = headers.get("content-type") ?? "text/plain";
  const type = contentType.split(";")[0].trim().toLowerCase();
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (type.startsWith("multipart/") && boundary && depth < MAX_DEPTH) {
    const sections = body.split(`--${boundary[1] ?? boundary[2]}`).slice(1);
    return sections
      .filter((section) => !section.startsWith("--"))
      .flatMap((section) => {
        const part = splitMessage(section.replace(/^[ \t]*\r?\n/, ""));
        return partsOf(part.headers, part.body, attachments, depth + 1);
      });
  }
  if (type === "message/rfc822" && depth < MAX_DEPTH) {
    const inner = splitMessage(body);
    return partsOf(inner.headers, inner.body, attachments, depth + 1);
  }
  const name = /name\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(
    `${contentType};${headers.get("content-disposition") ?? ""}`,
  );
  if (!/^text(\/|$)/.test(type) || /^attachment/i.test(headers.get("content-disposition") ?? "")) {
    attachments.push(decodeWords(name?.[1] ?? name?.[2] ?? type));
    return [];
  }
  const bytes = decodeTransfer(body, headers.get("content-transfer-encoding")?.toLowerCase() ?? "");
  return [{ contentType: type, text: decodeText(bytes, charsetOf(contentType)).text.replace(/\r\n/g, "\n") }];
}

function decodeTransfer(body: string, encoding: string): Buffer {
  if (encoding === "base64") return Buffer.from(body, "base64");
  if (encoding === "quoted-printable") return quotedPrintable(body.replace(/=[ \t]*\r?\n/g, ""));
  return Buffer.from(body, "latin1");
}

function quotedPrintable(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    "latin1",
  );
}

/** Encoded words of headers (RFC 2047): `"=?utf-8?Q?Gr=C3=BC=C3=9Fe?="` → `"Grüße"`. */
export function decodeWords(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(
      /=\?([\w-]+)(?:\*[\w-]*)?\?([bq])\?([^?]*)\?=/gi,
      (_, charset: string, kind: string, data: string) => {
        const bytes =
          kind.toLowerCase() === "b" ? Buffer.from(data, "base64") : quotedPrintable(data.replace(/_/g, " "));
        return decodeText(bytes, charset).text;
      },
    );
}

/**
 * Finds what identifies a person or opens a door: mail addresses, telephone and card numbers, IBANs, social
 * security numbers, IP addresses, secret keys.
 *
 * Numbers are checked where they carry a check (Luhn for cards, mod 97 for IBANs), so order numbers stay. Names
 * and street addresses are left out: finding them takes a model.
 */
export type PiiKind = "email" | "phone" | "card" | "iban" | "ssn" | "ip" | "key";

export interface PiiSpan {
  kind: PiiKind;
  start: number;
  end: number;
}

interface Finder {
  kind: PiiKind;
  pattern: RegExp;
  accept?: (match: string, before: string) => boolean;
}

/** In this order: what an earlier one has taken is not looked at again. */
const FINDERS: readonly Finder[] = [
  {
    kind: "key",
    pattern:
      /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{50,}\b|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}\b|\bAIza[\w-]{35}\b|\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{32,}\b|\bnpm_[A-Za-z0-9]{36}\b|\bhf_[A-Za-z0-9]{30,}\b|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g,
  },
  {
    kind: "email",
    pattern:
      /(?<![\w.+-])[\p{L}\p{N}_][\p{L}\p{N}_.+'%-]{0,63}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}]{2,24}(?![\w-])/gu,
  },
  { kind: "iban", pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g, accept: isIban },
  { kind: "card", pattern: /(?<![\d.,-])(?:\d[ -]?){12,18}\d(?![\d-])/g, accept: isCard },
  { kind: "ssn", pattern: /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g },
  {
    kind: "ip",
    pattern:
      /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)|(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])/gi,
    accept: isPublicIp,
  },
  {
    kind: "phone",
    pattern:
      /(?<![\w.,/-])(?:\+|00)[1-9]\d{0,2}(?:[ .-]?\(?\d{1,5}\)?){2,6}(?![\w]|[.,]\d)|(?<![\w.,/-])(?:1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}(?!\w|[.,-]\d)|(?<![\w.,/-])0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,5}(?!\w|[.,-]\d)/g,
    accept: (match) => {
      const digits = match.replace(/\D/g, "").length;
      return digits >= 8 && digits <= 15;
    },
  },
];

/**
 * All spans of a text, in order, without overlap.
 *
 * @example findPii("Write to ann@example.org") // [{ kind: "email", start: 9, end: 24 }]
 */
export function findPii(text: string, kinds?: readonly PiiKind[]): PiiSpan[] {
  const spans: PiiSpan[] = [];
  for (const { kind, pattern, accept } of FINDERS) {
    if (kinds && !kinds.includes(kind)) continue;
    if (kind === "email" && !text.includes("@")) continue;
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (accept && !accept(match[0], text.slice(Math.max(0, start - 20), start))) continue;
      if (!spans.some((span) => start < span.end && span.start < end)) spans.push({ kind, start, end });
    }
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** Luhn's check, for lengths and first digits that payment cards have. */
export function isCard(match: string): boolean {
  const digits = match.replace(/\D/g, "");
  if (digits.length < 13 || digits.length > 19 || !/^[2-6]/.test(digits) || /^(\d)\1+$/.test(digits))
    return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? 2 * digit : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** ISO 7064 mod 97-10 over the rearranged number. */
export function isIban(match: string): boolean {
  const compact = match.replace(/ /g, "");
  if (compact.length < 15 || compact.length > 34) return false;
  let remainder = 0;
  for (const character of compact.slice(4) + compact.slice(0, 4)) {
    const value = parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Addresses of machines on the open network; version numbers such as "version 1.2.3.4" are none. */
function isPublicIp(match: string, before: string): boolean {
  if (/\b(v|ver|version|release)\.? ?$/i.test(before)) return false;
  return !/^(10\.|127\.|0\.|192\.168\.|169\.254\.|255\.|172\.(1[6-9]|2\d|3[01])\.)/.test(match);
}

/**
 * Which names a browser may call this server by, and which pages may call it.
 *
 * A loopback port is reachable from every web page that the user opens. Two checks keep those pages out:
 * - Host: a page that re-points its own domain name to 127.0.0.1 (DNS rebinding) still sends that name.
 *   Addresses cannot be re-pointed, so any IP literal passes.
 * - Origin: what another site sends carries its address; only our own passes.
 */
import { isIP } from "node:net";

/** True when `host` (the Host header, with or without port) is a name of this server. */
export function isKnownHost(host: string | undefined, names: readonly string[]): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  return name === "localhost" || isIP(name) !== 0 || names.includes(name);
}

/** True when the page that sent the request was served by us, or when no page sent it (no Origin header). */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  const url = URL.parse(origin); // "null", the origin of sandboxed pages, is no URL.
  return url !== null && host !== undefined && url.host === host.toLowerCase();
}

/** The name without port and IPv6 brackets, lower case; undefined when the header is missing or malformed. */
function hostName(host: string | undefined): string | undefined {
  if (!host || /[/?#@\\\s]/.test(host)) return undefined;
  return URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, "");
}

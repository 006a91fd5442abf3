/**
 * The one door of the server: every request, page, REST call and WebSocket alike, is judged here first.
 *
 * Who may come in: whoever shows the token (query `token`, or `Authorization: token …` / `Bearer …`), and a
 * browser that showed it once and since then holds the session cookie. A cookie is sent by the browser on
 * any page's behalf, so requests that change something must also repeat the `_xsrf` cookie in a header, which
 * only our own pages can read. Source: Jupyter Server's scheme, so that its clients work unchanged.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { isKnownHost, isOwnOrigin } from "./hosts.ts";

/** What is judged; made from a Fetch request or from an HTTP upgrade. */
export interface Visit {
  method: string;
  url: URL;
  header(name: string): string | undefined;
}

export interface Refusal {
  status: 401 | 403;
  sentence: string;
}

export interface GateOptions {
  token: string;
  /** Signs the cookies; kept over restarts so that open tabs find back in. */
  secret: string;
  /** Cookies ignore ports: the port in the name keeps two servers' cookies apart. */
  port: number;
  /** Host names besides localhost and IP addresses. */
  hostNames: readonly string[];
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

export class Gate {
  readonly #options: GateOptions;
  readonly #session: string;
  readonly #xsrf: string;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#session = derive(options.secret, `session ${options.port}`);
    this.#xsrf = derive(options.secret, `xsrf ${options.port}`);
  }

  /** Host and Origin only: for what a stranger may see (the login page, the version). */
  refuseStranger(visit: Visit): Refusal | undefined {
    const host = visit.header("host");
    if (!isKnownHost(host, this.#options.hostNames)) {
      return refusal(403, `Host "${host}" is not a name of this server; open it as localhost or by address`);
    }
    if (!isOwnOrigin(visit.header("origin"), host)) {
      return refusal(403, `pages of ${visit.header("origin")} may not call this server`);
    }
    return undefined;
  }

  /** Why this visit is refused; undefined when it may pass. */
  refuse(visit: Visit): Refusal | undefined {
    const stranger = this.refuseStranger(visit);
    if (stranger) return stranger;
    if (this.hasToken(visit)) return undefined;
    if (!equal(this.#cookie(visit, this.sessionCookie), this.#session)) {
      return refusal(
        401,
        "the token is missing or wrong; open the address that the server printed at its start",
      );
    }
    if (isUpgrade(visit)) {
      // Browsers always name the page that opens a WebSocket; without the name it is no browser of ours.
      return visit.header("origin") ? undefined : refusal(403, "a WebSocket with a cookie needs an Origin");
    }
    if (SAFE_METHODS.has(visit.method)) return undefined;
    const repeated = visit.header("x-xsrftoken") ?? visit.url.searchParams.get("_xsrf") ?? "";
    return equal(repeated, this.#xsrf)
      ? undefined
      : refusal(403, "the _xsrf token is missing or wrong; reload the page");
  }

  hasToken(visit: Visit): boolean {
    const shown =
      visit.url.searchParams.get("token") ??
      /^(?:token|bearer)\s+(.+)$/i.exec(visit.header("authorization") ?? "")?.[1];
    return this.isToken(shown ?? "");
  }

  isToken(text: string): boolean {
    return equal(text, this.#options.token);
  }

  /** `Set-Cookie` values for a browser that showed the token. */
  cookies(): string[] {
    const common = "Path=/; SameSite=Lax";
    return [`${this.sessionCookie}=${this.#session}; HttpOnly; ${common}`, `_xsrf=${this.#xsrf}; ${common}`];
  }

  get sessionCookie(): string {
    return `gradbook-${this.#options.port}`;
  }

  #cookie(visit: Visit, name: string): string {
    for (const pair of (visit.header("cookie") ?? "").split(";")) {
      const at = pair.indexOf("=");
      if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
    return "";
  }
}

const refusal = (status: Refusal["status"], sentence: string): Refusal => ({ status, sentence });

const isUpgrade = (visit: Visit) => visit.header("upgrade")?.toLowerCase() === "websocket";

function derive(secret: string, purpose: string): string {
  return createHmac("sha256", secret).update(purpose).digest("hex");
}

/** Compares in constant time; hashing first makes the lengths equal. */
function equal(a: string, b: string): boolean {
  const hash = (text: string) => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

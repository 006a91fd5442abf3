/** Response headers that limit what a page of ours, or a file of the user's, may do in the browser. */
import type { MiddlewareHandler } from "hono";

/** No site may frame us, no type guessing, no address (which may hold the token) in outgoing links. */
export const safeHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("X-Content-Type-Options", "nosniff");
  c.header("Referrer-Policy", "no-referrer");
  if (!c.res.headers.has("Content-Security-Policy")) {
    c.header("Content-Security-Policy", "frame-ancestors 'self'; base-uri 'self'; object-src 'none'");
  }
};

/**
 * The policy for files that were not made by us (a downloaded HTML page, an SVG with a script): they run in
 * an origin of their own, where neither our cookies nor our API can be reached.
 */
export const SANDBOX = "sandbox allow-scripts; frame-ancestors 'self'";

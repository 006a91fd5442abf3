/** Finds a port to listen on. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { fail } from "../../lib/core/errors.ts";

/** How many ports after the first are tried. */
const TRIES = 50;

/**
 * Listens on `asked`, or on the first free port from `first` on; returns the port.
 * @throws GradbookError when the asked port is taken, or the address is not this machine's
 */
export async function listen(
  server: Server,
  host: string,
  asked: number | undefined,
  first: number,
): Promise<number> {
  const candidates = asked === undefined ? Array.from({ length: TRIES }, (_, i) => first + i) : [asked];
  for (const port of candidates) {
    try {
      server.listen(port, host);
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" || code === "EACCES") continue;
      fail("server", { expected: "an address of this machine", got: host, hint: message, cause: error });
    }
  }
  if (asked === undefined) {
    fail("server", {
      expected: `a free port from ${first} to ${first + TRIES - 1}`,
      got: "none; close a program or give --port",
    });
  }
  fail("server", {
    expected: `port ${asked} to be free`,
    got: "a port in use",
    hint: "leave --port out to take the next free one",
  });
}

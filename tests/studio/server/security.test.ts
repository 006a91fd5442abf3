/** Each test attacks: what a stranger, another web page, or a malicious file would try. */
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { DELIMITER, sign } from "../../../kernels/protocol/message.ts";
import { verifiedParts } from "../../../studio/server/kernels/browser-session.ts";
import { localPath } from "../../../studio/server/security/login.ts";
import { notebookOf, startTestServer, type TestServer } from "./test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  writeFileSync(path.join(server.folder, "notes.txt"), "inside");
  writeFileSync(path.join(server.outside, "secret.txt"), "outside");
});
afterAll(() => server.stop());

/** Raw HTTP: fetch() corrects paths and forbids setting Host. */
function raw(requestPath: string, headers: Record<string, string> = {}, method = "GET", body?: string) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }>(
    (resolve, reject) => {
      const request = http.request({ port: server.port, path: requestPath, method, headers }, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      });
      request.on("error", reject).end(body);
    },
  );
}

/** The HTTP status by which a WebSocket was refused; "open" when it was not. */
function webSocketStatus(query: string, headers: Record<string, string>): Promise<number | "open"> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/events/subscribe${query}`, { headers });
    socket.on("open", () => {
      socket.close();
      resolve("open");
    });
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode!));
    socket.on("error", () => {});
  });
}

/** Cookies of a browser that showed the token once. */
async function login(): Promise<{ cookie: string; xsrf: string }> {
  const { headers } = await raw("/lab?token=right-token", { Accept: "text/html" });
  const cookies = headers["set-cookie"]!.map((line) => line.split(";")[0]);
  return {
    cookie: cookies.join("; "),
    xsrf: cookies.find((c) => c.startsWith("_xsrf="))!.slice("_xsrf=".length),
  };
}

describe("without the token", () => {
  it.each([
    "/api/status",
    "/api/contents",
    "/api/kernels",
    "/api/sessions",
    "/files/notes.txt",
    "/lab/api/settings",
  ])("%s answers 401", async (address) => {
    expect((await raw(address)).status).toBe(401);
    expect((await raw(`${address}?token=wrong`)).status).toBe(401);
    expect((await raw(address, { Authorization: "token wrong" })).status).toBe(401);
  });

  it("no kernel starts", async () => {
    expect((await raw("/api/kernels", {}, "POST", "{}")).status).toBe(401);
    expect(await server.json("/api/kernels")).toEqual([]);
  });

  it("no WebSocket opens", async () => {
    expect(await webSocketStatus("", {})).toBe(401);
    expect(await webSocketStatus("?token=wrong", {})).toBe(401);
    expect(await webSocketStatus("?token=right-token", {})).toBe("open");
  });

  it("a page leads to the question for the token", async () => {
    const { status, headers } = await raw("/lab/tree/a.ipynb", { Accept: "text/html" });
    expect(status).toBe(302);
    expect(headers.location).toBe("/login?next=%2Flab%2Ftree%2Fa.ipynb");
  });

  it("the version is public, as Jupyter's clients expect", async () => {
    expect((await raw("/api")).text).toContain("version");
  });
});

describe("the token", () => {
  it("moves from the address into a cookie that scripts cannot read", async () => {
    const { status, headers } = await raw("/lab?token=right-token&reset", { Accept: "text/html" });
    expect(status).toBe(302);
    expect(headers.location).toBe("/lab?reset=");
    expect(headers["set-cookie"]!.find((c) => c.startsWith("gradbook-"))).toMatch(/HttpOnly.*SameSite=Lax/);
    expect(headers["set-cookie"]!.join()).not.toContain("right-token");
  });

  it("typed into the login page opens the door, a wrong one does not", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    expect((await raw("/login", form, "POST", "token=wrong&next=/lab")).status).toBe(401);
    const right = await raw("/login", form, "POST", "token=right-token&next=/lab");
    expect(right.status).toBe(303);
    expect(right.headers.location).toBe("/lab");
  });

  it.each(["//evil.example/", "/\\evil.example", "https://evil.example", "/\t/evil.example", ""])(
    "after login nobody is sent to %j",
    (next) => expect(localPath(next)).toBe("/"),
  );
});

describe("another web page", () => {
  it("that re-points its own name to this machine (DNS rebinding) is refused, token or not", async () => {
    for (const host of [
      "evil.example",
      `evil.example:${server.port}`,
      "localhost.evil.example",
      "a@localhost",
    ]) {
      // 400: the HTTP layer itself refuses what is no host name.
      expect([400, 403]).toContain((await raw("/api/status?token=right-token", { Host: host })).status);
    }
    for (const host of ["localhost:1", `127.0.0.1:${server.port}`, "[::1]:80"]) {
      expect((await raw("/api/status?token=right-token", { Host: host })).status).toBe(200);
    }
  });

  it("that calls the API from its own origin is refused, even with the user's cookie", async () => {
    const { cookie, xsrf } = await login();
    for (const Origin of ["https://evil.example", "null", `http://localhost:${server.port + 1}`, "garbage"]) {
      const headers = { Cookie: cookie, "X-XSRFToken": xsrf, Origin, Host: `localhost:${server.port}` };
      expect((await raw("/api/kernels", headers, "POST", "{}")).status).toBe(403);
      expect((await raw("/api/contents", headers)).status).toBe(403);
    }
  });

  it("cannot open a WebSocket with the user's cookie", async () => {
    const { cookie } = await login();
    const own = `http://127.0.0.1:${server.port}`;
    expect(await webSocketStatus("", { Cookie: cookie, Origin: "https://evil.example" })).toBe(403);
    expect(await webSocketStatus("", { Cookie: cookie, Origin: "null" })).toBe(403);
    expect(await webSocketStatus("", { Cookie: cookie })).toBe(403);
    expect(await webSocketStatus("", { Cookie: cookie, Origin: own })).toBe("open");
  });

  it("cannot make the browser change anything without the _xsrf token (a form needs no Origin)", async () => {
    const { cookie, xsrf } = await login();
    expect((await raw("/api/contents/notes.txt", { Cookie: cookie }, "DELETE")).status).toBe(403);
    const forged = { Cookie: `${cookie}; _xsrf=mine`, "X-XSRFToken": "mine" };
    expect((await raw("/api/contents/notes.txt", forged, "DELETE")).status).toBe(403);
    expect(readFileSync(path.join(server.folder, "notes.txt"), "utf8")).toBe("inside");
    const own = { Cookie: cookie, "X-XSRFToken": xsrf };
    expect((await raw("/api/contents/gone.txt", own, "DELETE")).status).toBe(404);
  });

  it("cannot frame our pages", async () => {
    const { headers } = await raw("/lab?token=right-token");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'self'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
  });
});

describe("paths", () => {
  const token = { Authorization: "token right-token" };

  it.each([
    "../secret.txt",
    "%2e%2e/secret.txt",
    "%2e%2e%2fsecret.txt",
    "..%5csecret.txt",
    "a/../../secret.txt",
    "./../secret.txt",
    "%252e%252e/secret.txt",
    "notes.txt%00/../../secret.txt",
  ])("%s does not leave the root", async (attack) => {
    for (const prefix of ["/files/", "/api/contents/", "/nbconvert/html/"]) {
      const { status, text } = await raw(prefix + attack, token);
      expect(text).not.toContain("outside");
      expect(status).toBeGreaterThanOrEqual(400);
    }
    await raw(
      `/api/contents/${attack}`,
      token,
      "PUT",
      JSON.stringify({ type: "file", content: "taken over" }),
    );
    expect(readFileSync(path.join(server.outside, "secret.txt"), "utf8")).toBe("outside");
  });

  it("a symbolic link out of the root is not followed, neither for reading nor for writing", async () => {
    symlinkSync(path.join(server.outside, "secret.txt"), path.join(server.folder, "link.txt"));
    symlinkSync(server.outside, path.join(server.folder, "up"));
    symlinkSync(path.join(server.outside, "not-there-yet.txt"), path.join(server.folder, "dangling.txt"));
    for (const name of ["link.txt", "up/secret.txt", "dangling.txt"]) {
      expect((await raw(`/files/${name}`, token)).status).toBe(404);
      const body = JSON.stringify({ type: "file", content: "taken over" });
      expect((await raw(`/api/contents/${name}`, token, "PUT", body)).status).toBe(404);
    }
    expect(readFileSync(path.join(server.outside, "secret.txt"), "utf8")).toBe("outside");
    expect(
      statSync(path.join(server.outside, "not-there-yet.txt"), { throwIfNoEntry: false }),
    ).toBeUndefined();
    expect((await raw("/api/contents/up", token, "DELETE")).status).toBe(404);
  });

  it("a rename cannot carry a file out", async () => {
    const body = JSON.stringify({ path: "../stolen.txt" });
    expect((await raw("/api/contents/notes.txt", token, "PATCH", body)).status).toBe(404);
  });

  it("hidden files do not exist", async () => {
    mkdirSync(path.join(server.folder, ".git"));
    writeFileSync(path.join(server.folder, ".git", "config"), "private");
    expect((await raw("/files/.git/config", token)).status).toBe(404);
    const { content } = await server.json<{ content: { name: string }[] }>("/api/contents");
    expect(content.map(({ name }) => name)).not.toContain(".git");
  });

  it("static files come from the bundle only", async () => {
    for (const attack of ["../schemas.json", "..%2fschemas.json", "%2e%2e/%2e%2e/%2e%2e/package.json"]) {
      expect((await raw(`/static/lab/${attack}`, token)).status).toBe(404);
    }
  });

  it("an inside hard link is an ordinary file", async () => {
    linkSync(path.join(server.folder, "notes.txt"), path.join(server.folder, "same.txt"));
    expect((await raw("/files/same.txt", token)).text).toBe("inside");
  });
});

describe("files of others", () => {
  it("run in a sandbox, away from our cookies and API", async () => {
    writeFileSync(path.join(server.folder, "evil.html"), "<script>fetch('/api/contents')</script>");
    const { headers } = await server.request("/files/evil.html");
    const policy = headers.get("content-security-policy")!;
    expect(policy).toContain("sandbox allow-scripts");
    expect(policy).not.toContain("allow-same-origin");
  });

  it("cannot put script into the Lab page through their name", async () => {
    const page = await (await server.request("/lab/tree/%3C%2Fscript%3E%3Cscript%3Ealert(1)")).text();
    expect(page).not.toContain("<script>alert");
  });

  it("are not trusted, whatever flag the file carries", async () => {
    const notebook = notebookOf("1");
    const html = { "text/html": "<script>alert(1)</script>" };
    notebook.cells[0].outputs = [{ output_type: "display_data", data: html, metadata: {} }];
    Object.assign(notebook.cells[0].metadata, { trusted: true });
    writeFileSync(path.join(server.folder, "foreign.ipynb"), JSON.stringify(notebook));
    const trusted = async () => {
      type Model = { content: { cells: { metadata: { trusted: boolean } }[] } };
      const { content } = await server.json<Model>("/api/contents/foreign.ipynb");
      return content.cells[0].metadata.trusted;
    };
    expect(await trusted()).toBe(false);

    await server.json("/api/contents/foreign.ipynb/trust", "POST");
    expect(await trusted()).toBe(true);

    notebook.cells[0].source = "2";
    writeFileSync(path.join(server.folder, "foreign.ipynb"), JSON.stringify(notebook));
    expect(await trusted()).toBe(false);
  });
});

describe("kernel messages", () => {
  const parts = ["{}", "{}", "{}", "{}"].map((text) => Buffer.from(text));

  it("with a right signature pass", () => {
    expect(verifiedParts([DELIMITER, sign("key", parts), ...parts], "key")).toEqual(parts);
  });

  it("that are forged, unsigned or cut short are dropped", () => {
    expect(verifiedParts([DELIMITER, sign("guess", parts), ...parts], "key")).toBeUndefined();
    expect(verifiedParts([DELIMITER, Buffer.alloc(0), ...parts], "key")).toBeUndefined();
    const changed = [...parts.slice(0, 3), Buffer.from('{"a":1}')];
    expect(verifiedParts([DELIMITER, sign("key", parts), ...changed], "key")).toBeUndefined();
    expect(verifiedParts([DELIMITER, sign("key", parts), ...parts.slice(0, 2)], "key")).toBeUndefined();
    expect(verifiedParts(parts, "key")).toBeUndefined();
  });
});

it("keys and addresses are readable by the user only", () => {
  const data = path.join(server.outside, "data");
  for (const file of [
    "gradbook/cookie-secret",
    "gradbook/notebook-secret",
    `runtime/jpserver-gradbook-${server.port}.json`,
  ]) {
    expect(statSync(path.join(data, file)).mode & 0o077).toBe(0);
  }
});

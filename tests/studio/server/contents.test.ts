/** The contents API as JupyterLab and other clients use it. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContentModel } from "../../../studio/server/contents/model.ts";
import { notebookOf, startTestServer, type TestServer } from "./test-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const inFolder = (name: string) => path.join(server.folder, name);
const read = (name: string, query = "") => server.json<ContentModel>(`/api/contents/${name}${query}`);
const status = async (name: string, method: string, body?: unknown) =>
  (await server.request(`/api/contents/${name}`, { method, body: JSON.stringify(body) })).status;

describe("reading", () => {
  it("lists a folder without hidden files and packages", async () => {
    for (const name of ["b.txt", ".hidden", "a.ipynb"]) writeFileSync(inFolder(name), "{}");
    for (const name of ["sub", "node_modules"]) mkdirSync(inFolder(name));
    const { type, content } = await read("");
    expect(type).toBe("directory");
    const entries = (content as ContentModel[]).map((entry) => [entry.name, entry.type]);
    expect(entries.sort()).toEqual([
      ["a.ipynb", "notebook"],
      ["b.txt", "file"],
      ["sub", "directory"],
    ]);
  });

  it("gives text as text, other bytes as base64, and what was asked for if it can", async () => {
    writeFileSync(inFolder("grüße €.txt"), "schön");
    writeFileSync(inFolder("bytes.bin"), Buffer.from([0xff, 0x00, 0xfe]));
    const text = await read(encodeURIComponent("grüße €.txt"));
    expect([text.name, text.format, text.content, text.mimetype]).toEqual([
      "grüße €.txt",
      "text",
      "schön",
      "text/plain",
    ]);
    const bytes = await read("bytes.bin");
    expect([bytes.format, bytes.content]).toEqual(["base64", "/wD+"]);
    expect(await status("bytes.bin?format=text", "GET")).toBe(400);
    expect((await read("a.ipynb", "?type=file")).content).toBe("{}");
  });

  it("leaves the content out when asked, and adds a hash when asked", async () => {
    writeFileSync(inFolder("hash.txt"), "abc");
    const model = await read("hash.txt", "?content=0&hash=1");
    expect(model.content).toBeNull();
    // Source: the SHA-256 example of FIPS 180-2, "abc".
    expect(model.hash).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("says what is missing or of another kind", async () => {
    expect(await status("nowhere.txt", "GET")).toBe(404);
    expect(await status("sub?type=file", "GET")).toBe(400);
    expect(await status("hash.txt?type=directory", "GET")).toBe(400);
  });

  it("refuses what is no notebook with a sentence and leaves it alone", async () => {
    writeFileSync(inFolder("broken.ipynb"), '{"cells": [');
    const response = await server.request("/api/contents/broken.ipynb");
    expect(response.status).toBe(400);
    expect((await response.json()).message).toMatch(/broken\.ipynb: expected a notebook.*was not changed/s);
    expect(readFileSync(inFolder("broken.ipynb"), "utf8")).toBe('{"cells": [');
  });

  it("shows what is left of a damaged notebook, and keeps the original when that is saved", async () => {
    const text = JSON.stringify(notebookOf("1 + 1", "2 + 2"), null, 1);
    const damaged = text.slice(0, text.lastIndexOf("execution_count"));
    writeFileSync(inFolder("cut.ipynb"), damaged);
    const { content } = await read("cut.ipynb");
    const notebook = content as ReturnType<typeof notebookOf> & { metadata: { gradbook_repair?: object } };
    expect(notebook.cells.map(({ source }) => source)).toEqual(["1 + 1", "2 + 2"]);
    expect(notebook.metadata.gradbook_repair).toEqual({
      problems: [
        expect.stringMatching(/^The file ends in line/),
        expect.stringMatching(/^Cell 2 was mended/),
      ],
      kept_as: "cut.ipynb.damaged",
    });
    expect(readFileSync(inFolder("cut.ipynb"), "utf8")).toBe(damaged);
    for (let save = 0; save < 2; save++) {
      await server.json("/api/contents/cut.ipynb", "PUT", { type: "notebook", format: "json", content });
    }
    expect(readFileSync(inFolder("cut.ipynb.damaged"), "utf8")).toBe(damaged);
    expect(existsSync(inFolder("cut.ipynb.damaged-2"))).toBe(false);
    expect(readFileSync(inFolder("cut.ipynb"), "utf8")).not.toContain("gradbook_repair");
  });

  it("refuses a notebook of a future format with what to do", async () => {
    writeFileSync(inFolder("future.ipynb"), JSON.stringify({ ...notebookOf("1"), nbformat: 5 }));
    const response = await server.request("/api/contents/future.ipynb");
    expect(response.status).toBe(400);
    expect((await response.json()).message).toMatch(
      /got nbformat 5; this file is from a newer Jupyter; save it there/,
    );
  });
});

describe("saving", () => {
  it("writes notebooks as Jupyter does: one space, sorted keys, a newline", async () => {
    const saved = await server.json<ContentModel>("/api/contents/new.ipynb", "PUT", {
      type: "notebook",
      format: "json",
      content: notebookOf("const a = 1;\na"),
    });
    expect(saved.hash).toMatch(/^[0-9a-f]{64}$/);
    const text = readFileSync(inFolder("new.ipynb"), "utf8");
    expect(text).toContain('   "source": [\n    "const a = 1;\\n",\n    "a"\n   ]\n');
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("takes text, base64 and uploads in chunks", async () => {
    await server.json("/api/contents/t.txt", "PUT", { type: "file", format: "text", content: "ä" });
    await server.json("/api/contents/b.bin", "PUT", { type: "file", format: "base64", content: "/wD+" });
    expect(readFileSync(inFolder("t.txt"), "utf8")).toBe("ä");
    expect([...readFileSync(inFolder("b.bin"))]).toEqual([0xff, 0x00, 0xfe]);
    for (const [chunk, text] of [
      [1, "one "],
      [2, "two "],
      [-1, "three"],
    ] as const) {
      const model = await server.json<ContentModel>("/api/contents/big.txt", "PUT", {
        type: "file",
        format: "base64",
        content: Buffer.from(text).toString("base64"),
        chunk,
      });
      expect(model.path).toBe("big.txt");
    }
    expect(readFileSync(inFolder("big.txt"), "utf8")).toBe("one two three");
  });

  it("keeps the old file when the new content is no notebook", async () => {
    const before = readFileSync(inFolder("new.ipynb"), "utf8");
    expect(await status("new.ipynb", "PUT", { type: "notebook", content: { cells: 7 } })).toBe(400);
    expect(readFileSync(inFolder("new.ipynb"), "utf8")).toBe(before);
  });

  it.skipIf(process.getuid?.() === 0)("says that a folder is read-only", async () => {
    mkdirSync(inFolder("locked"));
    chmodSync(inFolder("locked"), 0o500);
    expect(await status("locked/a.txt", "PUT", { type: "file", content: "" })).toBeGreaterThanOrEqual(400);
    expect((await read("locked", "?content=0")).writable).toBe(false);
  });

  it("in a read-only folder leaves the old file, and says what to do", async () => {
    const folder = inFolder("read-only");
    mkdirSync(folder);
    const old = JSON.stringify(notebookOf("1"));
    writeFileSync(path.join(folder, "a.ipynb"), old);
    chmodSync(folder, 0o555);
    const response = await asNobody([server.outside, server.folder], () =>
      server.request("/api/contents/read-only/a.ipynb", {
        method: "PUT",
        body: JSON.stringify({ type: "notebook", format: "json", content: notebookOf("2") }),
      }),
    );
    expect(response.status).toBe(507);
    expect((await response.json()).message).toMatch(
      /^no permission to write here: save under another path, or download .* nothing was changed/,
    );
    expect(readFileSync(path.join(folder, "a.ipynb"), "utf8")).toBe(old);
    expect(readdirSync(folder)).toEqual(["a.ipynb"]);
    chmodSync(folder, 0o755);
  });
});

describe("files", () => {
  it("get free names", async () => {
    const create = async (body: object) =>
      (await server.json<ContentModel>("/api/contents/sub", "POST", body)).path;
    expect(await create({ type: "notebook" })).toBe("sub/Untitled.ipynb");
    expect(await create({ type: "notebook" })).toBe("sub/Untitled1.ipynb");
    expect(await create({ type: "file", ext: ".ts" })).toBe("sub/untitled.ts");
    expect(await create({ type: "directory" })).toBe("sub/Untitled Folder");
    expect(await create({ type: "directory" })).toBe("sub/Untitled Folder 1");
    expect(await create({ copy_from: "hash.txt" })).toBe("sub/hash.txt");
    expect(await create({ copy_from: "hash.txt" })).toBe("sub/hash-Copy1.txt");
  });

  it("move, but not onto each other", async () => {
    const moved = await server.json<ContentModel>("/api/contents/sub/untitled.ts", "PATCH", {
      path: "moved.ts",
    });
    expect([moved.path, moved.mimetype]).toEqual(["moved.ts", "text/typescript"]);
    expect(await status("moved.ts", "PATCH", { path: "hash.txt" })).toBe(409);
    expect(readFileSync(inFolder("hash.txt"), "utf8")).toBe("abc");
  });

  it("are deleted; a folder only when it is empty", async () => {
    expect(await status("moved.ts", "DELETE")).toBe(204);
    expect(existsSync(inFolder("moved.ts"))).toBe(false);
    expect(await status("sub", "DELETE")).toBe(400);
    expect(await status("sub/Untitled%20Folder", "DELETE")).toBe(204);
    expect(await status("", "DELETE")).toBe(400);
  });
});

describe("checkpoints", () => {
  it("bring an earlier state back", async () => {
    writeFileSync(inFolder("sub/draft.txt"), "first");
    const made = await server.json<{ id: string }>("/api/contents/sub/draft.txt/checkpoints", "POST");
    writeFileSync(inFolder("sub/draft.txt"), "second");
    expect(await server.json("/api/contents/sub/draft.txt/checkpoints")).toEqual([made]);
    await server.json(`/api/contents/sub/draft.txt/checkpoints/${made.id}`, "POST");
    expect(readFileSync(inFolder("sub/draft.txt"), "utf8")).toBe("first");
    await server.json(`/api/contents/sub/draft.txt/checkpoints/${made.id}`, "DELETE");
    expect(await server.json("/api/contents/sub/draft.txt/checkpoints")).toEqual([]);
  });
});

it("a download carries the file's name, whatever the alphabet", async () => {
  const { headers } = await server.request(`/files/${encodeURIComponent("grüße €.txt")}?download=1`);
  expect(headers.get("content-disposition")).toBe(
    "attachment; filename*=UTF-8''gr%C3%BC%C3%9Fe%20%E2%82%AC.txt",
  );
});

it("the export menu's formats lead to a report", async () => {
  const formats = await server.json<Record<string, unknown>>("/api/nbconvert");
  expect(Object.keys(formats)).toEqual(["html", "pdf", "markdown", "script"]);
  const response = await server.request("/nbconvert/html/new.ipynb?download=true");
  expect(response.headers.get("content-type")).toMatch(/^text\/html/);
  expect(response.headers.get("content-disposition")).toContain("new.html");
  expect(await response.text()).toContain("<!doctype html>");
  expect((await server.request("/nbconvert/exe/new.ipynb")).status).toBe(404);
});

/** Runs with the rights of a stranger where the tests are run by root, for whom no folder is read-only. */
async function asNobody<T>(through: string[], work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  for (const folder of through) chmodSync(folder, 0o755);
  process.seteuid!(65534);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}

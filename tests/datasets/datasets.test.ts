import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cachedDocuments } from "../../datasets/cached-documents.ts";
import { cardText, dataset, type DataFile } from "../../datasets/card.ts";
import { datasetNamed, datasets } from "../../datasets/catalogue.ts";
import { cachedFile } from "../../datasets/download.ts";
import { fromHub, hubFile } from "../../datasets/hub.ts";
import { packageFolder } from "../../datasets/npm-package.ts";
import { pipeline } from "../../lib/data/pipeline/pipeline.ts";
import { projectReadmes } from "../../datasets/project-readmes.ts";

const folder = mkdtempSync(join(tmpdir(), "gradbook-datasets-"));
const content = Buffer.from("line\n".repeat(2000));
const requests: (string | undefined)[] = [];
let server: Server;
let address = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.headers.range);
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (request.url === "/missing") response.writeHead(404).end();
    else response.writeHead(start > 0 ? 206 : 200).end(content.subarray(start));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, path = "/file"): DataFile => ({
  name,
  url: address + path,
  size: content.length,
  sha256: createHash("sha256").update(content).digest("hex"),
});

describe("downloads", () => {
  it("come once, then from the cache", async () => {
    requests.length = 0;
    const path = await cachedFile(file("once.txt"), folder);
    expect(readFileSync(path)).toEqual(content);
    expect(await cachedFile(file("once.txt"), folder)).toBe(path);
    expect(requests).toEqual([undefined]);
  });

  it("go on where an earlier attempt broke off", async () => {
    requests.length = 0;
    writeFileSync(join(folder, "half.txt.partial"), content.subarray(0, 4000));
    expect(readFileSync(await cachedFile(file("half.txt"), folder))).toEqual(content);
    expect(requests).toEqual(["bytes=4000-"]);
  });

  it("with another checksum are refused and not kept", async () => {
    const other = { ...file("other.txt"), sha256: "0".repeat(64) };
    await expect(cachedFile(other, folder)).rejects.toThrow(/expected SHA-256 0000/);
    expect(existsSync(join(folder, "other.txt"))).toBe(false);
    expect(existsSync(join(folder, "other.txt.partial"))).toBe(false);
    writeFileSync(join(folder, "changed.txt"), "changed by someone");
    await expect(cachedFile(file("changed.txt"), folder)).rejects.toThrow(/remove .*changed\.txt/);
  });

  it("that cannot be had name the file to place", async () => {
    await expect(cachedFile(file("none.txt", "/missing"), folder)).rejects.toThrow(
      /the server answered 404.*place it at .*none\.txt/,
    );
    const offline = { ...file("off.txt"), url: "http://127.0.0.1:9/file" };
    await expect(cachedFile(offline, folder)).rejects.toThrow(/could not be downloaded/);
  });
});

describe("files of the Hugging Face Hub", () => {
  const names = ["HF_ENDPOINT", "HF_TOKEN", "GRADBOOK_CACHE"] as const;
  const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  afterEach(() => {
    for (const name of names)
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
  });

  it("come once, from the endpoint, revision and path asked for, with the token, and are a source", async () => {
    const asked: (string | undefined)[] = [];
    const hub = createServer((request, response) => {
      asked.push(request.url, request.headers.authorization);
      if (request.url!.includes("absent")) response.writeHead(404).end();
      else response.end('{"content":"first"}\n{"content":"second"}\n');
    });
    await new Promise<void>((resolve) => hub.listen(0, "127.0.0.1", resolve));
    process.env.HF_ENDPOINT = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
    process.env.HF_TOKEN = "secret";
    process.env.GRADBOOK_CACHE = join(folder, "hub-cache");
    try {
      const file = { repository: "owner/set", path: "data/train.jsonl", revision: "abc" };
      for (let i = 0; i < 2; i++) {
        const { documents } = await pipeline(await fromHub(file, { text: "content" })).collect();
        expect(documents.map(({ text }) => text)).toEqual(["first", "second"]);
      }
      expect(asked).toEqual(["/datasets/owner/set/resolve/abc/data/train.jsonl", "Bearer secret"]);
      const absent = { repository: "owner/set", path: "absent.jsonl" };
      await expect(hubFile(absent)).rejects.toThrow(/answered 404.*place it at .*absent\.jsonl/);
      await expect(hubFile({ ...absent, repository: "name" })).rejects.toThrow(/owner\/name/);
      for (const escape of [
        { repository: "../x" },
        { path: "../../x" },
        { revision: ".." },
        { path: "/etc/x" },
      ])
        await expect(hubFile({ ...absent, ...escape })).rejects.toThrow(/without empty parts/);
    } finally {
      hub.close();
    }
  });
});

describe("the catalogue", () => {
  it("has whole cards under their names", () => {
    for (const set of datasets()) {
      expect(datasetNamed(set.name)).toBe(set);
      expect(cardText(set)).toContain(set.licence);
      expect(Boolean(set.npm) !== Boolean(set.files), set.name).toBe(true);
      for (const { sha256, size, url } of set.files ?? []) {
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(size).toBeGreaterThan(1000);
        expect(url).toMatch(/^https:/);
      }
    }
    expect(() => datasetNamed("tiny-shakespear")).toThrow(/did you mean tiny-shakespeare/);
  });

  it("says how to install a package that is not there", () => {
    expect(() => packageFolder("no-such-package-here@1.0.0")).toThrow(
      "run `npm install --no-save no-such-package-here@1.0.0`",
    );
    expect(packageFolder("zod@4.0.0")).toMatch(/node_modules.zod$/);
  });

  it("reads the READMEs that every checkout has, and shows the card", async () => {
    const [first] = await projectReadmes.sample(1);
    expect(first.text.length).toBeGreaterThan(10);
    expect(first.metadata).toHaveProperty("description");
    const show = (projectReadmes as unknown as Record<symbol, () => Promise<Record<string, string>>>)[
      Symbol.for("Jupyter.display")
    ];
    expect((await show())["text/html"]).toContain("READMEs");
  });

  it("reads the novel and the code that every checkout has", async () => {
    const [chapter] = await datasetNamed("moby-dick").sample(1);
    expect(chapter).toMatchObject({ id: "chapter 1", metadata: { title: "Loomings.", part: "train" } });
    const files = await datasetNamed("project-code").sample(20);
    expect(new Set(files.map(({ id }) => id)).size).toBe(20);
    for (const { text, metadata } of files) {
      expect(text.length).toBeGreaterThan(0);
      expect(["JavaScript", "TypeScript"]).toContain(metadata.codeLanguage);
    }
  });

  it("shows a card whose set is not here with the way to get it", async () => {
    const before = process.env.GRADBOOK_DATA_PACKAGES;
    process.env.GRADBOOK_DATA_PACKAGES = "";
    const set = dataset(
      { ...projectReadmes, name: "absent", npm: "no-such-package-here@1.0.0" },
      async function* () {
        packageFolder("no-such-package-here@1.0.0");
      },
    ) as unknown as Record<symbol, () => Promise<Record<string, string>>>;
    const { "text/html": shown } = await set[Symbol.for("Jupyter.display")]();
    expect(shown).toContain("npm install --no-save no-such-package-here@1.0.0");
    if (before === undefined) delete process.env.GRADBOOK_DATA_PACKAGES;
    else process.env.GRADBOOK_DATA_PACKAGES = before;
  });

  it("names documents of a download after the file, wherever the cache is", async () => {
    const lines = Buffer.from('{"text":"a"}\n{"text":"b","id":"own"}\n');
    const registered = {
      name: "lines.jsonl",
      url: `${address}/missing`,
      size: lines.length,
      sha256: createHash("sha256").update(lines).digest("hex"),
    };
    writeFileSync(join(folder, "lines.jsonl"), lines);
    const before = process.env.GRADBOOK_CACHE;
    process.env.GRADBOOK_CACHE = folder;
    const ids = [];
    for await (const { id } of cachedDocuments(registered)) ids.push(id);
    if (before === undefined) delete process.env.GRADBOOK_CACHE;
    else process.env.GRADBOOK_CACHE = before;
    expect(ids).toEqual(["lines.jsonl:1", "own"]);
  });
});

import { mkdirSync, writeFileSync } from "node:fs";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Document, Problem } from "../../lib/data/document.ts";
import { fromDocuments } from "../../lib/data/from-documents.ts";
import { pipeline } from "../../lib/data/pipeline/pipeline.ts";
import { decodeWords, parseMail } from "../../lib/data/read/mail.ts";
import { read, readDocuments, type ReadOptions } from "../../lib/data/read/read.ts";
import { writeJsonl } from "../../lib/data/write/jsonl.ts";
import { writeCsv, writeParquet } from "../../lib/data/write/table.ts";
import { temporaryFolder } from "./temporary.ts";

const folder = temporaryFolder();

async function readAll(
  name: string,
  options: ReadOptions = {},
): Promise<{ documents: Document[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const documents: Document[] = [];
  for await (const one of readDocuments(folder(name), {
    ...options,
    onProblem: (problem) => problems.push(problem),
  }))
    documents.push(one);
  return { documents, problems };
}

const DOCUMENTS: Document[] = [
  { id: "1", text: 'a "quoted", text\nwith two lines', metadata: { language: "en", score: 0.5 } },
  { id: "2", text: "grüße 🙂", metadata: { language: "de", score: 2 } },
];

describe("reading back what was written", () => {
  for (const name of ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"]) {
    it(name, async () => {
      await pipeline(fromDocuments(DOCUMENTS), writeJsonl(folder(name))).run();
      expect((await readAll(name)).documents).toEqual(DOCUMENTS);
    });
  }

  it("a.parquet", async () => {
    await pipeline(fromDocuments(DOCUMENTS), writeParquet(folder("a.parquet"))).run();
    expect((await readAll("a.parquet")).documents).toEqual(DOCUMENTS);
  });

  it("a.csv, whose values are all text", async () => {
    await pipeline(fromDocuments(DOCUMENTS), writeCsv(folder("a.csv"))).run();
    const { documents } = await readAll("a.csv");
    expect(documents.map(({ id, text }) => [id, text])).toEqual(DOCUMENTS.map(({ id, text }) => [id, text]));
    expect(documents[0].metadata).toEqual({ language: "en", score: "0.5" });
  });

  it("numbered parts of a folder", async () => {
    const many = Array.from({ length: 5 }, (_, i) => ({
      id: `${i}`,
      text: "x".repeat(2 ** 20),
      metadata: {},
    }));
    await pipeline(
      fromDocuments(many),
      writeJsonl(folder("parts/"), { partBytes: 2 ** 21, compression: "gz" }),
    ).run();
    expect((await readAll("parts/part-00001.jsonl.gz")).documents.map(({ id }) => id)).toEqual(["2", "3"]);
    expect((await readAll("parts/")).documents.map(({ id }) => id)).toEqual(["0", "1", "2", "3", "4"]);
  });
});

describe("bad input", () => {
  it("invalid JSON lines are skipped with reason and line number", async () => {
    writeFileSync(
      folder("bad.jsonl"),
      '{"text":"one"}\n{"text": oops}\n\n["list"]\n{"title":"none"}\n{"text":"two"}',
    );
    const { documents, problems } = await readAll("bad.jsonl");
    expect(documents.map(({ id, text }) => [id.replace(folder(), ""), text])).toEqual([
      ["/bad.jsonl:1", "one"],
      ["/bad.jsonl:6", "two"],
    ]);
    expect(problems.map(({ where, reason }) => [where.replace(folder(), ""), reason])).toEqual([
      ["/bad.jsonl:2", "invalid JSON"],
      ["/bad.jsonl:4", "not an object"],
      ["/bad.jsonl:5", "no text in field text"],
    ]);
  });

  it("stops a strict run at the first one", async () => {
    await expect(pipeline(read(folder("bad.jsonl"))).run({ strict: true })).rejects.toThrow(
      /bad\.jsonl:2: expected only readable records/,
    );
  });

  it("lines that are no UTF-8 are problems, a U+FFFD that someone wrote is not", async () => {
    writeFileSync(
      folder("latin.jsonl"),
      Buffer.concat([Buffer.from('{"text":"caf\xe9"}\n', "latin1"), Buffer.from('{"text":"a\ufffdb"}\n')]),
    );
    const { documents, problems } = await readAll("latin.jsonl");
    expect(documents.map(({ text }) => text)).toEqual(["a\ufffdb"]);
    expect(problems).toMatchObject([{ reason: "invalid UTF-8" }]);
  });

  it("a line longer than the limit is passed over without being kept, wherever it ends", async () => {
    const long = `{"text":"${"x".repeat(3 * 2 ** 20)}"}`;
    writeFileSync(folder("long.jsonl"), `{"text":"a"}\n${long}\n{"text":"b"}\n{"text":"c"}\n${long}`);
    const { documents, problems } = await readAll("long.jsonl", { maxRecord: 2 ** 20 });
    expect(documents.map(({ id, text }) => [id.split(":")[1], text])).toEqual([
      ["1", "a"],
      ["3", "b"],
      ["4", "c"],
    ]);
    expect(problems.map(({ where, reason, detail }) => [where.split(":")[1], reason, detail])).toEqual([
      ["2", "line too long", `${long.length} bytes`],
      ["5", "line too long", `${long.length} bytes`],
    ]);
  });

  it("what comes before the break of a compressed file counts", async () => {
    // Random letters: well-compressed data would end inside the first block.
    const lines = Array.from({ length: 30_000 }, (_, i) =>
      JSON.stringify({ text: Math.sin(i).toString(36).repeat(4) }),
    ).join("\n");
    writeFileSync(folder("cut.jsonl.gz"), gzipSync(lines).subarray(0, 200_000));
    writeFileSync(folder("cut.jsonl.zst"), zstdCompressSync(lines).subarray(0, 200_000));
    for (const name of ["cut.jsonl.gz", "cut.jsonl.zst"]) {
      const { documents, problems } = await readAll(name);
      expect(documents.length, name).toBeGreaterThan(1000);
      expect(problems.at(-1), name).toMatchObject({
        reason: "broken file",
        detail: "compressed data ends too early",
      });
    }
  });

  it("a truncated Parquet file is one problem", async () => {
    writeFileSync(folder("cut.parquet"), "PAR1 and nothing else");
    expect((await readAll("cut.parquet")).problems).toMatchObject([{ reason: "unreadable Parquet" }]);
  });

  it("table rows with missing fields and open quotes are problems", async () => {
    writeFileSync(folder("bad.csv"), 'id,text\n1,fine\n2\n3,"also ""fine"""\n4,"never closed\n5,x\n');
    const { documents, problems } = await readAll("bad.csv");
    expect(documents.map(({ text }) => text)).toEqual(["fine", 'also "fine"']);
    expect(problems.map(({ where, reason }) => [where.split(":")[1], reason])).toEqual([
      ["3", "wrong number of fields"],
      ["5", "quote never closes"],
    ]);
  });

  it("binary files in a folder are problems; wrong charsets are read by their bytes", async () => {
    mkdirSync(folder("mixed"));
    writeFileSync(folder("mixed/a.txt"), Buffer.from("na\xefve caf\xe9", "latin1"));
    writeFileSync(folder("mixed/b.md"), "plain");
    writeFileSync(folder("mixed/c.ts"), "const x = 1;");
    writeFileSync(folder("mixed/d.txt"), "text\0binary");
    writeFileSync(folder("mixed/e.html"), '<meta charset="iso-8859-1"><p>grüße</p>');
    const { documents, problems } = await readAll("mixed");
    expect(documents.map(({ text }) => text)).toEqual([
      "naïve café",
      "plain",
      "const x = 1;",
      '<meta charset="iso-8859-1"><p>grüße</p>',
    ]);
    expect(documents[2].metadata.codeLanguage).toBe("TypeScript");
    expect(problems).toMatchObject([{ reason: "binary file" }]);
  });

  it("a path without a file is an error with a hint", async () => {
    await expect(pipeline(read(folder("missing.jsonl"))).run()).rejects.toThrow(/no such file/);
  });
});

describe("WARC", () => {
  const record = (type: string, body: string, url = "http://example.org/") =>
    `WARC/1.0\r\nWARC-Type: ${type}\r\nWARC-Target-URI: ${url}\r\nWARC-Record-ID: <urn:${url}>\r\nContent-Length: ${Buffer.byteLength(body, "latin1")}\r\n\r\n${body}\r\n\r\n`;
  const page = (body: string, headers = "Content-Type: text/html; charset=iso-8859-1") =>
    `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`;
  const warc = [
    record("warcinfo", "software: x"),
    record("request", "GET / HTTP/1.1"),
    record("response", page("<p>caf\xe9</p>")),
    record(
      "response",
      page("5\r\n<p>a<\r\n3\r\n/p>\r\n0\r\n\r\n", "Content-Type: text/html\r\nTransfer-Encoding: chunked"),
      "http://b.org/",
    ),
    record("response", "HTTP/1.1 404 Not Found\r\n\r\ngone"),
    record("response", page("PNG", "Content-Type: image/png")),
    record("conversion", "plain text", "http://c.org/"),
  ].join("");

  it("gives pages and texts, with addresses, and passes over the rest", async () => {
    writeFileSync(folder("crawl.warc.gz"), gzipSync(Buffer.from(warc, "latin1")));
    const { documents, problems } = await readAll("crawl.warc.gz");
    expect(problems).toEqual([]);
    expect(documents.map(({ id, text, metadata }) => [id, text, metadata.url])).toEqual([
      ["urn:http://example.org/", "<p>café</p>", "http://example.org/"],
      ["urn:http://b.org/", "<p>a</p>", "http://b.org/"],
      ["urn:http://c.org/", "plain text", "http://c.org/"],
    ]);
  });

  it("reports a truncated record and finds the next after a damaged header", async () => {
    const damaged = `garbage before\r\n${record("conversion", "after the damage")}${record("conversion", "cut off here").slice(0, -8)}`;
    writeFileSync(folder("bad.warc"), damaged);
    const { documents, problems } = await readAll("bad.warc");
    expect(documents.map(({ text }) => text)).toEqual(["after the damage"]);
    expect(problems.map(({ reason }) => reason)).toEqual(["unreadable WARC header", "truncated WARC record"]);
  });
});

describe("mail", () => {
  it("takes the plain text of alternatives and decodes it", () => {
    const mail = [
      "From: =?utf-8?Q?J=C3=BCrgen?= <j@example.org>",
      "Subject: =?iso-8859-1?B?R3L832U=?=",
      'Content-Type: multipart/alternative; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Sch=C3=B6ne Gr=",
      "=C3=BC=C3=9Fe",
      "--b",
      "Content-Type: text/html",
      "",
      "<p>no</p>",
      "--b--",
    ].join("\r\n");
    const { text, metadata } = parseMail(Buffer.from(mail), "m");
    expect(text.trim()).toBe("Schöne Grüße");
    expect(metadata).toMatchObject({
      subject: "Grüße",
      from: "Jürgen <j@example.org>",
      contentType: "text/plain",
    });
  });

  it("keeps HTML when there is no text, names attachments, and survives anything", () => {
    const html = parseMail(
      Buffer.from("Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+aGk8L2I+"),
      "m",
    );
    expect([html.text, html.metadata.contentType]).toEqual(["<b>hi</b>", "text/html"]);
    const attached =
      'Content-Type: multipart/mixed; boundary=x\n\n--x\n\nbody\n--x\nContent-Type: image/png; name="a.png"\n\nxx\n--x--';
    expect(parseMail(Buffer.from(attached), "m")).toMatchObject({
      text: "body\n",
      metadata: { attachments: ["a.png"] },
    });
    for (const bytes of [[], [0], [13, 10], [255, 254, 0, 58]])
      expect(parseMail(Uint8Array.from(bytes), "m").id).toBe("m");
    expect(decodeWords("=?x-unknown?q?a=20b?= plain")).toBe("a b plain");
  });
});

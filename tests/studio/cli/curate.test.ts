import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mobyDick } from "../../../datasets/moby-dick.ts";
import { folderWith, gradbook } from "./gradbook.ts";

describe("gradbook curate", () => {
  test("cleans files, writes what is left, why the rest went, and a page to look at", async () => {
    const folder = folderWith({});
    const [{ text: story }] = mobyDick().chapters;
    const short = "The man is short of words.";
    const lines = [{ text: story }, { text: story }, { text: short }, { text: "ha ".repeat(90) }];
    writeFileSync(
      join(folder, "in.jsonl"),
      `${lines.map((line) => JSON.stringify(line)).join("\n")}\nbroken\n`,
    );
    const args = ["curate", join(folder, "in.jsonl"), "--out", join(folder, "out")];
    const { code, stdout } = await gradbook(args);
    expect(code).toBe(0);
    expect(stdout).toContain("not readable: invalid JSON 1");
    expect(stdout).toMatch(/gopherRepetition .*top_2_gram 1\n/);
    expect(stdout).toMatch(/exact .*duplicate 1\n/);
    const kept = readFileSync(join(folder, "out/clean/part-00000.jsonl"), "utf8").trim().split("\n");
    expect(kept).toHaveLength(1);
    expect(JSON.parse(kept[0]).text).toContain("Call me Ishmael.");
    expect(readFileSync(join(folder, "out/review.jsonl"), "utf8")).toContain(short);
    const page = readFileSync(join(folder, "out/report.html"), "utf8");
    expect(page).toContain("1 of 4 documents are left");
    expect(page).toContain('"type":"funnel"');
    expect(page).toContain("top_2_gram: 1");

    const strict = await gradbook([...args, "--strict"]);
    expect(strict.code).toBe(1);
    expect(strict.stderr).toContain("in.jsonl:5: expected only readable records in a strict run");
  });

  test("says what is wrong with its arguments", async () => {
    expect((await gradbook(["curate"])).stderr).toContain("expected files or data sets");
    expect((await gradbook(["curate", "no-such-folder/"])).code).toBe(1);
    expect((await gradbook(["curate", "x", "--workers", "two"])).code).toBe(2);
  });
});

describe("gradbook datasets", () => {
  test("lists, shows and gets", async () => {
    const { stdout } = await gradbook(["datasets", "list"]);
    for (const name of ["moby-dick", "gsm8k", "mnist", "emoji-pictures", "xstest"])
      expect(stdout).toContain(`\n${name} `);
    const shown = await gradbook(["datasets", "show", "moby-dick"]);
    expect(shown.stdout).toContain("licence   CC0-1.0");
    expect(shown.stdout).toContain("Call me Ishmael.");
    const got = await gradbook(["datasets", "get", "moby-dick"]);
    expect(got.stdout.trim()).toMatch(/datasets-moby-dick$/);
    expect((await gradbook(["datasets", "show", "moby-dik"])).stderr).toContain("did you mean moby-dick?");
  });
});

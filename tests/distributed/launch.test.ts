/** Two real processes train one model: the losses and weights of one that sees both's batches, written once. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomWindows } from "../../lib/batches/index.ts";
import { Group, shareBatches, Store } from "../../lib/distributed/index.ts";
import { loadCheckpoint } from "../../lib/checkpoint/index.ts";
import { cpuPlugin } from "../engine/xla/plugin.ts";

const PROGRAM = fileURLToPath(new URL("../../studio/cli/gradbook.js", import.meta.url));
const TRAIN = "--preset nano --layers 1 --width 16 --heads 2 --context-length 8 --steps 6 --batch-size 2 --evaluate-every 3".split(" "); // prettier-ignore

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gradbook-launch-"));
  writeFileSync(join(folder, "book.txt"), "the whale swam and dived. ".repeat(60));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs gradbook in the folder. */
function gradbook(
  words: string[],
  variables: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    env: { ...process.env, GRADBOOK_THREADS: "1", ...variables },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code!, text })));
}

/** Step, loss and tokens of each line about a step. */
const stepsOf = (run: string) =>
  readFileSync(join(folder, run, "log.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, number | string>)
    .filter(({ event }) => event === "step");

const weightsOf = (run: string): number[] =>
  Object.values(loadCheckpoint(join(folder, run, "checkpoint"), "any").model.parameters.read()).flatMap((values) => [...values]); // prettier-ignore

async function comparesWithOne(name: string, variables: Record<string, string>): Promise<void> {
  const two = await gradbook(["launch", "-n", "2", "--", "train", "book.txt", ...TRAIN, "-o", `${name}-two`], variables); // prettier-ignore
  expect(two).toMatchObject({ code: 0 });
  const one = await gradbook(["train", "book.txt", ...TRAIN, "--accumulate", "2", "-o", `${name}-one`], variables); // prettier-ignore
  expect(one).toMatchObject({ code: 0 });
  const [apart, together] = [`${name}-two`, `${name}-one`].map(stepsOf);
  expect(apart).toHaveLength(6);
  apart.forEach(({ loss, num_tokens }, i) => {
    expect(loss).toBeCloseTo(together[i].loss as number, 4);
    expect(num_tokens).toBe(together[i].num_tokens);
  });
  const [ours, theirs] = [`${name}-two`, `${name}-one`].map(weightsOf);
  expect(Math.max(...ours.map((weight, i) => Math.abs(weight - theirs[i])))).toBeLessThan(1e-4);
  // Written once, by rank 0.
  expect(two.text.match(/saved in/g)).toHaveLength(1);
  expect(readdirSync(join(folder, `${name}-two`)).sort()).toEqual(["checkpoint", "log.jsonl", "run.json", "tokenizer.json"]); // prettier-ignore
}

describe("gradbook launch", () => {
  it("on ONNX Runtime", () => comparesWithOne("onnx", {}), 60_000);

  it.skipIf(!cpuPlugin)("on XLA", () => comparesWithOne("xla", { GRADBOOK_ENGINE: "xla", GRADBOOK_PJRT_PLUGIN: cpuPlugin! }), 60_000); // prettier-ignore

  it("processes that something else started find each other by torchrun's variables", async () => {
    const store = await Store.listen(0, "127.0.0.1");
    const port = String(store.port);
    await store.close(0);
    const ranks = ["0", "1"].map(
      (RANK) =>
      gradbook(["train", "book.txt", ...TRAIN, "-o", "torchrun"], { RANK, WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT: port }), // prettier-ignore
    );
    expect((await Promise.all(ranks)).map(({ code }) => code)).toEqual([0, 0]);
    expect(stepsOf("torchrun")).toHaveLength(6);
  }, 60_000);

  it("ends all when one fails, with its sentence and its code", async () => {
    const { code, text } = await gradbook(["launch", "-n", "2", "--", "train", "no-such-book.txt"]);
    expect(code).toBe(1);
    expect(text).toContain("no-such-book.txt");
  }, 60_000);

  it("refuses what makes no sense", async () => {
    const { code, text } = await gradbook(["launch", "-n", "none", "--", "train"]);
    expect([code, text]).toEqual([2, expect.stringContaining("--processes expects a whole number from 1, got none")]); // prettier-ignore
  });
});

describe("a group", () => {
  it("of one sums and keeps values, and says that a port is taken", async () => {
    const store = await Store.listen(0);
    const place = { rank: 0, size: 1, localRank: 0, host: "127.0.0.1", launcher: "test" };
    expect(() => new Group({ ...place, port: store.port }, { patience: 200 })).toThrow("EADDRINUSE");
    const { port } = store;
    await store.close(0);
    const group = new Group({ ...place, port });
    const numbers = Float32Array.of(1, 2);
    group.sum(numbers);
    expect([...numbers]).toEqual([1, 2]);
    group.put("a", Uint8Array.of(7));
    expect(group.get("a")).toEqual(Uint8Array.of(7));
    expect(group.get("b")).toBeUndefined();
    expect(group.get("b", 20)).toBeUndefined();
    group.close();
  });

  it("that nobody keeps cannot be joined", () => {
    const place = { rank: 1, size: 2, localRank: 1, host: "127.0.0.1", port: 1, launcher: "test" };
    expect(() => new Group(place, { patience: 100 })).toThrow(/rank 1 of 2.*ECONNREFUSED/);
  });

  it("shares batches: together the ranks see what one would see", () => {
    const text = Uint32Array.from({ length: 100 }, (_, i) => i);
    const loader = () => randomWindows(text, { batchSize: 2, contextLength: 4, seed: 5 });
    const alone = loader();
    const shared = [0, 1, 2].map((rank) => shareBatches(loader(), { rank, size: 3 }));
    for (let round = 0; round < 2; round++)
      for (const one of shared) expect(one.next().inputs).toEqual(alone.next().inputs);
    expect(shared[2].state()).toEqual(alone.state());
  });
});

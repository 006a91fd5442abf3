import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { reviewer } from "../../lib/notebook/reviewer.ts";
import { installHost, type MemoryHost } from "./memory-host.ts";

const folder = mkdtempSync(join(tmpdir(), "gradbook-reviewer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "review.jsonl");
const write = () =>
  writeFileSync(
    path,
    ["a", "b", "c"]
      .map((id) =>
        JSON.stringify({
          id,
          step: "s",
          reason: "too <short>",
          value: 1.234,
          verdict: null,
          text: `text ${id}`,
        }),
      )
      .join("\n"),
  );

const stateOf = (comm: { opened: { data?: object } }) =>
  (comm.opened.data as { state: Record<string, string> }).state;
function click(host: MemoryHost, description: string): void {
  const found = [...host.comms.values()].find((comm) => stateOf(comm).description === description)!;
  host.page.send(found.id, { method: "custom", content: { event: "click" } });
}
function shown(host: MemoryHost): string {
  const label = [...host.comms.values()].find((comm) => stateOf(comm)._model_name === "HTMLModel")!;
  const updates = label.sent.map(({ data }) => (data.state as { value?: string }).value);
  return updates.findLast((value) => value !== undefined) ?? stateOf(label).value;
}

test("texts are judged one after the other, and each verdict is in the file at once", () => {
  write();
  const host = installHost();
  const { review } = reviewer(path);
  expect(review.reasons[0]).toMatchObject({ open: 3 });
  expect(shown(host)).toContain("0 of 3 judged");
  expect(shown(host)).toContain("too &lt;short&gt; = 1.23");
  expect(shown(host)).toContain("text a");
  click(host, "Later");
  expect(shown(host)).toContain("text b");
  click(host, "Rightly dropped");
  click(host, "Should have stayed");
  expect(shown(host)).toContain("1 of 2 right");
  const verdicts = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).verdict);
  expect(verdicts).toEqual([null, "right", "wrong"]);

  const again = reviewer(path);
  expect(again.review.wrong).toEqual(["c"]);
  click(host, "Rightly dropped");
  expect(shown(host)).toContain("Nothing is left to judge.");
});

test("without a notebook nothing is shown", () => {
  write();
  expect(reviewer(path).review.reasons[0].open).toBe(3);
  expect(() => reviewer(join(folder, "none.jsonl"))).toThrow(/excluded: reviewFile/);
});

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { completionsTable, trainGroup, type Rollout } from "../../lib/rlhf/index.ts";
import { installHost, type MemoryHost } from "../notebook/memory-host.ts";
import { tinyGPT, tokenizer } from "./pairs.ts";

type State = { _model_name?: string; description?: string; value?: string };
const stateOf = (comm: { opened: { data?: object } }): State => (comm.opened.data as { state: State }).state;
const named = (host: MemoryHost, test: (state: State) => boolean) =>
  [...host.comms.values()].find((comm) => test(stateOf(comm)))!;
function click(host: MemoryHost, description: string): void {
  const { id } = named(host, (state) => state.description === description);
  host.page.send(id, { method: "custom", content: { event: "click" } });
}
function shown(host: MemoryHost): string {
  const label = named(host, ({ _model_name }) => _model_name === "HTMLModel");
  const updates = label.sent.map(({ data }) => (data.state as State | undefined)?.value);
  return updates.findLast((value) => value !== undefined) ?? stateOf(label).value!;
}
const rollout = (number: number): Rollout => ({
  rollout: number,
  answers: [0.5, 0.25, 1].map((reward, i) => ({
    ...{ prompt: `<p${i}>`, answer: `r${number}a${i}`, reward, kl: 0.125 * i, tokens: 4 },
    ended: i !== 1,
  })),
});

it("shows the newest rollout, pages through its answers, and goes back to older ones", () => {
  const host = installHost();
  const table = completionsTable({ rows: 2, keep: 3 });
  table.add(rollout(1));
  expect(shown(host)).toContain("rollout 1 · mean reward 0.583 · answers 1–2 of 3");
  for (const text of ["&lt;p0&gt;", "r1a0", "r1a1 …", ">0.125<"]) expect(shown(host)).toContain(text);
  expect(shown(host)).not.toContain("r1a2");
  click(host, "next page");
  expect(shown(host)).toContain("r1a2");
  click(host, "next page");
  expect(shown(host)).toContain("r1a0");

  for (const number of [2, 3]) table.add(rollout(number));
  click(host, "newest");
  expect(shown(host)).toContain("rollout 3");
  click(host, "older");
  expect(shown(host)).toContain("rollout 2");
  table.add(rollout(4));
  click(host, "next page");
  expect(shown(host)).toContain("r2a2");
  click(host, "older");
  expect(shown(host)).toContain("rollout 2");
  click(host, "newer");
  click(host, "newer");
  expect(shown(host)).toContain("rollout 4");
});

it("sorts by reward", () => {
  const host = installHost();
  completionsTable({ rows: 1 }).add(rollout(1));
  const sort = named(host, ({ _model_name }) => _model_name === "DropdownModel");
  for (const [index, answer] of [[1, "r1a2"], [2, "r1a1"], [0, "r1a0"]] as const) {
    host.page.send(sort.id, { method: "update", state: { index } });
    expect(shown(host)).toContain(answer);
  }
}); // prettier-ignore

it("stands under the chart of a run, and leaves its last page in the file", async () => {
  const host = installHost();
  const data = { train: [{ prompt: "a>" }] };
  const settings = { maxTokens: 4, steps: 2, prompts: 1, groupSize: 2, warmupSteps: 0 };
  await trainGroup(tinyGPT(), data, settings, { tokenizer, rewards: ({ answer }) => answer.length, directory: mkdtempSync(join(tmpdir(), "gradbook-")) }); // prettier-ignore
  const last = host.outputs.at(-1)!.data["text/html"] as string;
  expect(last).toContain("rollout 2 · mean reward 4.000 · answers 1–2 of 2");
  expect(host.outputs.length).toBeGreaterThan(2);
});

import path from "node:path";
import { expect, test } from "vitest";
import { KernelSession, temporaryFolder } from "./kernel-session.ts";

test("history outlives the session and is searched by pattern, range and tail", async () => {
  const env = { GRADBOOK_HISTORY: path.join(temporaryFolder(), "history.sqlite") };
  const first = await KernelSession.start(undefined, env);
  await first.run("const a = 1");
  await first.run("a + 1");
  await first.run("quiet", { storeHistory: false });
  await first.stop();

  const second = await KernelSession.start(undefined, env);
  await second.run("a + 1");
  const find = async (content: Record<string, unknown>) =>
    (await second.client.request("history_request", content)).content.history;
  expect(await find({ hist_access_type: "tail", n: 10 })).toEqual([
    [1, 1, "const a = 1"],
    [1, 2, "a + 1"],
    [2, 1, "a + 1"],
  ]);
  expect(await find({ hist_access_type: "search", pattern: "a*", unique: true })).toEqual([[2, 1, "a + 1"]]);
  expect(await find({ hist_access_type: "range", session: 0 })).toEqual([[2, 1, "a + 1"]]);
  expect(await find({ hist_access_type: "range", session: -1, start: 1, stop: 2, output: true })).toEqual([
    [1, 1, ["const a = 1", null]],
  ]);
  await second.stop();
});

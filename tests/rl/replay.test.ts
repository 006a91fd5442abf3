/** Games as pictures that play themselves. */
import { describe, expect, it } from "vitest";
import { DomUtils, parseDocument } from "htmlparser2";
import { boardFrames, boardSize, connectFour, replay, stepThrough, ticTacToe } from "../../lib/rl/index.ts";
import { installHost } from "../notebook/memory-host.ts";
import type { MimeBundle } from "../../lib/notebook/index.ts";

const bundleOf = (value: object): MimeBundle =>
  (value as { [key: symbol]: () => MimeBundle })[Symbol.for("Jupyter.display")]();

const stateOf = (data: unknown) => (data as { state: Record<string, unknown> }).state;

describe("replay", () => {
  it("shows each frame in its own time, one after the other, without a script", () => {
    const frames = boardFrames(ticTacToe, [4, 0, 8]);
    const picture = bundleOf(replay(frames, { ...boardSize(ticTacToe), seconds: 1 }));
    const source = picture["image/svg+xml"] as string;
    const animations = DomUtils.getElementsByTagName("animate", parseDocument(source, { xmlMode: true }));
    const opacity = animations.filter(({ attribs }) => attribs.attributeName === "opacity");
    const visibleAt = (second: number): number[] =>
      [...opacity.keys()].filter((frame) => {
        const { keyTimes, values, dur } = opacity[frame].attribs;
        const times = keyTimes.split(";").map((time) => Number(time) * parseFloat(dur));
        return values.split(";")[times.findLastIndex((time) => time <= second)] === "1";
      });
    expect([0.5, 1.5, 2.5, 3.5, 5.2].map(visibleAt)).toEqual([[0], [1], [2], [3], [3]]);
    expect(source).not.toContain("<script");
    expect(picture["text/plain"]).toBe("replay, 4 frames; blue plays 9");
  });

  it("says who has won, and escapes titles", () => {
    const frames = boardFrames(connectFour, [0, 1, 0, 1, 0, 1, 0]);
    expect(frames.at(-1)!.caption).toBe("blue plays 1 – blue wins");
    const picture = bundleOf(replay(frames, { width: 10, height: 10, title: "a < b" }));
    expect(picture["image/svg+xml"]).toContain("a &lt; b");
  });

  it("refuses a game without frames", () => {
    expect(() => replay([], { width: 1, height: 1 })).toThrow(
      "replay: expected at least one frame, got none",
    );
  });
});

describe("step through", () => {
  it("shows the end first, and the move that the slider is on", () => {
    const host = installHost();
    stepThrough(boardFrames(ticTacToe, [4, 0, 8]), { ...boardSize(ticTacToe), title: "A game" });
    const picture = (): unknown => host.outputs[1].data["image/svg+xml"];
    const [slider] = [...host.comms.values()].filter(
      ({ opened }) => stateOf(opened.data)._model_name === "IntSliderModel",
    );
    expect(stateOf(slider.opened.data)).toMatchObject({ min: 0, max: 3, value: 3 });
    expect(picture()).toContain("blue plays 9");
    host.page.send(slider.id, { method: "update", state: { value: 2 } });
    const shown = picture();
    expect(shown).toContain("orange plays 1");
    expect(shown).toContain("A game");
    expect(shown).not.toContain("blue plays 9");
  });

  it("refuses a game without frames", () => {
    expect(() => stepThrough([], { width: 1, height: 1 })).toThrow(
      "stepThrough: expected at least one frame",
    );
  });
});

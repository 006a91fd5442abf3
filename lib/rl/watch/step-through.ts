/**
 * A game under a slider: one looks at any moment of it, forwards and back, as long as the kernel runs.
 *
 * For a report `replay` is the better choice: it moves there, where a slider has nobody to ask. What is kept of this one is
 * the frame last looked at.
 */
import { fail } from "../../core/errors.ts";
import { display, htmlLabel, intSlider, notebookHost, vbox } from "../../notebook/index.ts";
import { framePicture, HEAD, wordsBelow } from "./picture.ts";
import { replay, type Frame, type ReplayOptions } from "./replay.ts";

/**
 * Shows the frames below a slider, the last one first; without a notebook, as `replay`.
 * @example stepThrough(boardFrames(connectFour, moves), boardSize(connectFour))
 * @throws GradbookError when there is no frame
 */
export function stepThrough(frames: readonly Frame[], options: Omit<ReplayOptions, "seconds">): void {
  const { width, height, title = "" } = options;
  if (frames.length === 0) fail("stepThrough", { expected: "at least one frame", got: "none" });
  const pictureOf = ({ drawing, caption = "" }: Frame): string =>
    framePicture(
      `<g transform="translate(0 ${HEAD})">${drawing}</g>${wordsBelow(caption, { width, height })}`,
      { width, height, title },
    );
  if (!notebookHost()) {
    display(replay(frames, options));
    return;
  }
  const last = frames.length - 1;
  const picture = htmlLabel(pictureOf(frames[last]));
  const slider = intSlider({ description: "move", min: 0, max: last, value: last });
  slider.observe("value", (move) => picture.set({ value: pictureOf(frames[move]) }));
  display(vbox([slider, picture]));
}

/**
 * A game under a slider: one looks at any moment of it, forwards and back, as long as the kernel runs.
 *
 * In a report, where a slider has nobody to ask, the frame last looked at is shown; `replay` moves there, too.
 */
import { fail } from "../../core/errors.ts";
import { display, intSlider, notebookHost, svg, type Displayable } from "../../notebook/index.ts";
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
  const show = ({ drawing, caption = "" }: Frame): Displayable => {
    const shifted = `<g transform="translate(0 ${HEAD})">${drawing}</g>`;
    const words = wordsBelow(caption, { width, height });
    return svg(framePicture(shifted + words, { width, height, title }), `${title}; ${caption}`);
  };
  if (!notebookHost()) {
    display(replay(frames, options));
    return;
  }
  const last = frames.length - 1;
  const slider = intSlider({ description: "move", min: 0, max: last, value: last });
  display(slider);
  const shown = display(show(frames[last]));
  slider.observe("value", (move) => shown.update(show(frames[move])));
}

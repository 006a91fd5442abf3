/**
 * A game that one can watch: its frames as one SVG picture that plays itself, with a bar below that shows how far it is.
 *
 * The animation is part of the picture (SMIL, no script), so it also plays in an exported report, in a Markdown viewer
 * and wherever else pictures are shown; where nothing moves (print) the last frame is seen.
 */
import { fail } from "../../core/errors.ts";
import { svg, type Displayable } from "../../notebook/index.ts";
import { framePicture, HEAD, wordsBelow } from "./picture.ts";

export interface Frame {
  /** SVG elements inside a box of `width` × `height`. */
  drawing: string;
  caption?: string;
}

export interface ReplayOptions {
  width: number;
  height: number;
  /** Seconds for each frame. */
  seconds?: number;
  title?: string;
}

/** Seconds that the last frame stays. */
const PAUSE = 1.5;

/**
 * @example replay(boardFrames(connectFour, moves), { width: 280, height: 240, seconds: 0.8 })
 * @throws GradbookError when there is no frame
 */
export function replay(frames: readonly Frame[], options: ReplayOptions): Displayable {
  const { width, height, seconds = 0.6, title = "" } = options;
  if (frames.length === 0) fail("replay", { expected: "at least one frame", got: "none" });
  const total = frames.length * seconds + PAUSE;
  const at = (index: number): number => (index * seconds) / total;
  const shown = frames.map(({ drawing, caption = "" }, index) => {
    const last = index === frames.length - 1;
    const times = index === 0 ? [0, at(1)] : last ? [0, at(index)] : [0, at(index), at(index + 1)];
    const values = index === 0 ? [1, 0] : last ? [0, 1] : [0, 1, 0];
    const animation =
      frames.length === 1
        ? ""
        : `<animate attributeName="opacity" calcMode="discrete" repeatCount="indefinite" dur="${fixed(total)}s" ` +
          `keyTimes="${times.map(fixed).join(";")}" values="${values.join(";")}"/>`;
    const words = wordsBelow(caption, { width, height });
    return `<g opacity="${last ? 1 : 0}">${animation}<g transform="translate(0 ${HEAD})">${drawing}</g>${words}</g>`;
  });
  const bar =
    `<rect y="${height + HEAD + 4}" width="${width}" height="4" fill="#e3e3e3"/>` +
    `<rect y="${height + HEAD + 4}" width="${width}" height="4" fill="#2a78d6">` +
    `<animate attributeName="width" repeatCount="indefinite" dur="${fixed(total)}s" keyTimes="0;${fixed(at(frames.length))};1" ` +
    `values="0;${width};${width}"/></rect>`;
  const picture = framePicture(shown.join("") + bar, { width, height, title });
  return svg(picture, `${title || "replay"}, ${frames.length} frames; ${frames.at(-1)!.caption ?? ""}`);
}

const fixed = (number: number): string => String(Number(number.toFixed(5)));

/**
 * Ways back: before a step that takes up a hyper-parameter changed by hand, the run is saved, so that one can
 * return to it and try another value.
 *
 * While a slider is being dragged its value changes at every step. Changes in quick succession are one: the state
 * before the first of them is what one wants back.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../core/errors.ts";
import { applyLive, type Changes } from "./live-settings.ts";
import type { RewindPoint } from "./observer.ts";
import type { LiveSettings } from "./train-config.ts";
import type { Trainer } from "./trainer.ts";

/** Milliseconds without a change after which the next one is a new one. */
const DRAG_PAUSE = 1000;

export interface RewindPoints {
  /** Those that can be gone back to, oldest first. */
  readonly list: readonly RewindPoint[];
  /**
   * Looks at the settings of the next step and saves if they differ from those of the last.
   *
   * @param live what the sliders say
   * @param directory folder of the branch; the checkpoint goes to `before-step-N` in it
   * @returns the settings to take: what a slider said when the run was rewound counts only once it has moved
   */
  before(live: Partial<LiveSettings>, directory: string): Partial<LiveSettings>;
  /**
   * The point at a step; later ones are forgotten, their folders stay.
   *
   * @param live what the sliders say now; the run goes on with the values from before the change until they move
   * @throws GradbookError when there is none, naming those there are
   */
  back(step: number, live: Partial<LiveSettings>): RewindPoint;
  /** The points up to the one at a step. @throws as `back` does */
  upTo(step: number): RewindPoint[];
}

/**
 * Keeps as many as the settings' `rewindPoints`; beyond that the oldest folder is removed.
 *
 * @param save writes a checkpoint into a folder
 * @param onChange called when the list has changed
 * @param before of a run that ended and now goes on from the last of these points; `live` is what the sliders say now
 */
export function rewindPoints(
  trainer: Trainer,
  save: (folder: string) => void,
  onChange: (points: readonly RewindPoint[]) => void,
  before?: { points: readonly RewindPoint[]; live: Partial<LiveSettings> },
): RewindPoints {
  const most = trainer.settings.rewindPoints;
  let list: RewindPoint[] = [...(before?.points ?? [])];
  let held: Partial<LiveSettings> = { ...before?.live };
  let latest = -Infinity;
  // What differs before the first step was not changed while it trained.
  const first = before ? -Infinity : trainer.steps;

  function add(changes: Changes, directory: string): void {
    const now = performance.now();
    const dragged = now - latest < DRAG_PAUSE;
    latest = now;
    const last = list.at(-1);
    if (last && (dragged || last.step === trainer.steps)) {
      last.changes = joined(last.changes, changes);
    } else {
      const folder = join(directory, `before-step-${trainer.steps + 1}`);
      save(folder);
      list.push({ step: trainer.steps, folder, changes });
    }
    for (const { folder } of list.splice(0, list.length - most)) rmSync(folder, { recursive: true });
    onChange([...list]);
  }

  function upTo(step: number): RewindPoint[] {
    const index = list.findIndex((point) => point.step === step);
    if (index < 0)
      fail("train", {
        expected: `to rewind to one of the steps ${list.map((point) => point.step).join(", ") || "(none yet)"}`,
        got: step,
      });
    return list.slice(0, index + 1);
  }

  return {
    get list() {
      return list;
    },
    before(live, directory) {
      const moved = Object.entries(live).filter(
        ([name, value]) => value !== held[name as keyof LiveSettings],
      );
      for (const [name] of moved) delete held[name as keyof LiveSettings];
      const wanted = Object.fromEntries(moved) as Partial<LiveSettings>;
      const { changes } = applyLive(trainer.settings, wanted);
      if (changes && most > 0 && trainer.steps > first) add(changes, directory);
      return wanted;
    },
    back(step, live) {
      list = upTo(step);
      held = { ...live };
      latest = -Infinity;
      return list.at(-1)!;
    },
    upTo,
  };
}

/** Earlier and later changes as one; what ends where it began is none. */
function joined(earlier: Changes, later: Changes): Changes {
  const all = { ...earlier };
  for (const [name, { from, to }] of Object.entries(later))
    all[name] = { from: earlier[name]?.from ?? from, to };
  return all;
}

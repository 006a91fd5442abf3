/**
 * A grid world: walk from S to G, around walls (#) and past pits (O). Small enough to solve by a table.
 *
 * Each step costs a little, the goal pays 1, a pit costs 1, both end the episode (as in Sutton & Barto's "Reinforcement
 * Learning", chapter 3, and Gymnasium's FrozenLake). With `slip` the wind takes the step to one side instead.
 * Observation: 1 at the cell where the agent stands, 0 elsewhere.
 */
import { fail } from "../../core/errors.ts";
import { random, type RandomState } from "../../core/random.ts";
import { checkAction, checkRunning, type Discrete, type Environment } from "../environment.ts";

export const DEFAULT_GRID = ["S...", ".#.O", "...G"] as const;

/** Up, right, down, left: row and column. */
const MOVES = [[-1, 0], [0, 1], [1, 0], [0, -1]] as const; // prettier-ignore

/** What may come of an action in a cell. */
export interface Outcome {
  probability: number;
  next: number;
  reward: number;
  terminated: boolean;
}

export interface GridState {
  cell: number;
  steps: number;
  running: boolean;
  random: RandomState;
}

export interface GridWorld extends Environment<GridState> {
  readonly rows: readonly string[];
  readonly cells: number;
  /** The letter of a cell. */
  letter(cell: number): string;
  /** The model of the world, which value iteration needs and learners have to do without. */
  outcomes(cell: number, action: number): Outcome[];
}

export interface GridSettings {
  rows?: readonly string[];
  /** Probability of going to one side, half for each. */
  slip?: number;
  stepReward?: number;
  maxSteps?: number;
  seed?: number;
}

/** @throws GradbookError when the rows differ in length, or there is not one S and a G */
export function gridWorld(settings: GridSettings = {}): GridWorld {
  const { rows = DEFAULT_GRID, slip = 0, stepReward = -0.04, maxSteps = 100, seed = 0 } = settings;
  const name = "GridWorld";
  const width = checkRows(rows);
  const letters = rows.join("");
  const actionSpace: Discrete = { kind: "discrete", n: 4, names: ["up", "right", "down", "left"] };
  let generator = random(seed);
  let [cell, steps, running] = [0, 0, false];

  const letter = (at: number): string => letters[at];
  const observe = (): Float32Array => {
    const observation = new Float32Array(letters.length);
    observation[cell] = 1;
    return observation;
  };

  function land(from: number, action: number): Omit<Outcome, "probability"> {
    const [row, column] = [Math.floor(from / width) + MOVES[action][0], (from % width) + MOVES[action][1]];
    const inside = row >= 0 && row < rows.length && column >= 0 && column < width;
    const next = inside && rows[row][column] !== "#" ? row * width + column : from;
    const [goal, pit] = [letter(next) === "G", letter(next) === "O"];
    return { next, reward: stepReward + (goal ? 1 : pit ? -1 : 0), terminated: goal || pit };
  }

  function outcomes(from: number, action: number): Outcome[] {
    const ways = [[action, 1 - slip], [(action + 1) % 4, slip / 2], [(action + 3) % 4, slip / 2]]; // prettier-ignore
    return ways
      .filter(([, probability]) => probability > 0)
      .map(([way, probability]) => ({ probability, ...land(from, way) }));
  }

  return {
    name,
    rows,
    cells: letters.length,
    letter,
    outcomes,
    actionSpace,
    observationSpace: {
      kind: "box",
      shape: [letters.length],
      low: Array.from(letters, () => 0),
      high: Array.from(letters, () => 1),
    },
    reset(newSeed) {
      if (newSeed !== undefined) generator = random(newSeed);
      [cell, steps, running] = [letters.indexOf("S"), 0, true];
      return { observation: observe(), info: { cell } };
    },
    step(action) {
      checkAction(name, actionSpace, action);
      checkRunning(name, running);
      const possible = outcomes(cell, action);
      let draw = generator.uniform();
      const outcome = possible.find(({ probability }) => (draw -= probability) < 0) ?? possible[0];
      cell = outcome.next;
      const { reward, terminated } = outcome;
      const truncated = ++steps >= maxSteps;
      running = !terminated && !truncated;
      return { observation: observe(), reward, terminated, truncated, info: { cell } };
    },
    state: () => ({ cell, steps, running, random: generator.state() }),
    restore(state) {
      ({ cell, steps, running } = state);
      generator.restore(state.random);
    },
  };
}

function checkRows(rows: readonly string[]): number {
  const letters = rows.join("");
  const width = rows[0]?.length ?? 0;
  const even = width > 0 && rows.every((row) => row.length === width);
  const whole = letters.split("S").length === 2 && letters.includes("G") && /^[SG.#O]+$/.test(letters);
  if (!even || !whole)
    fail("gridWorld", { expected: "equally long rows of . # O with one S and a G", got: rows.join(" / ") });
  return width;
}

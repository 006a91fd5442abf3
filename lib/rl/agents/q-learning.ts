/**
 * Two ways to the same table, for worlds of few cells.
 *
 * Value iteration knows how the world works and only computes (Bellman, 1957):
 *   V(s) ← max_a Σ p(s'|s, a)·(r + γ V(s'))
 * Q-learning knows nothing and tries (Watkins, 1989):
 *   Q(s, a) ← Q(s, a) + α·(r + γ max_a' Q(s', a') − Q(s, a))
 */
import { random, type RandomState } from "../../core/random.ts";
import type { GridWorld } from "../environments/grid-world.ts";
import { argMax } from "./choose.ts";

/** @returns the value of each cell under the best policy, exact to 1e-9, and that policy */
export function valueIteration(world: GridWorld, gamma = 0.99): { values: number[]; policy: number[] } {
  const cells = [...Array(world.cells).keys()];
  let values = cells.map(() => 0);
  const worth = (cell: number, action: number): number =>
    world
      .outcomes(cell, action)
      .reduce((sum, { probability, next, reward, terminated }) => sum + probability * (reward + (terminated ? 0 : gamma * values[next])), 0); // prettier-ignore
  const over = (cell: number): boolean => "GO#".includes(world.letter(cell));
  for (let change = 1; change > 1e-9;) {
    const next = cells.map((cell) => (over(cell) ? 0 : Math.max(...[0, 1, 2, 3].map((a) => worth(cell, a)))));
    change = Math.max(...cells.map((cell) => Math.abs(next[cell] - values[cell])));
    values = next;
  }
  return { values, policy: cells.map((cell) => argMax([0, 1, 2, 3].map((action) => worth(cell, action)))) };
}

export interface QState {
  table: number[][];
  episode: number;
  random: RandomState;
}

/** A learner that fills a table by trying; with probability `epsilon` it tries something at random. */
export class QLearning {
  readonly kind = "q-learning";
  /** One row for each cell, one value for each action. */
  table: number[][];
  private readonly world: GridWorld;
  readonly settings: { alpha: number; gamma: number; epsilon: number };
  private readonly generator;
  private episodes = 0;

  constructor(world: GridWorld, { alpha = 0.2, gamma = 0.99, epsilon = 0.2, seed = 0 } = {}) {
    this.world = world;
    this.settings = { alpha, gamma, epsilon };
    this.generator = random(seed);
    this.table = Array.from({ length: world.cells }, () => [0, 0, 0, 0]);
  }

  /** Plays one episode and learns from each step; returns the sum of rewards. */
  episode(): number {
    const { alpha, gamma, epsilon } = this.settings;
    let cell = this.world.reset(this.generator.integer(2 ** 31)).info.cell as number;
    this.episodes++;
    for (let total = 0; ;) {
      const explore = this.generator.uniform() < epsilon;
      const action = explore ? this.generator.integer(4) : argMax(this.table[cell]);
      const { reward, terminated, truncated, info } = this.world.step(action);
      const next = info.cell as number;
      const target = reward + (terminated ? 0 : gamma * Math.max(...this.table[next]));
      this.table[cell][action] += alpha * (target - this.table[cell][action]);
      cell = next;
      total += reward;
      if (terminated || truncated) return total;
    }
  }

  policy(): number[] {
    return this.table.map(argMax);
  }

  /** Between episodes. */
  state(): QState {
    return { table: structuredClone(this.table), episode: this.episodes, random: this.generator.state() };
  }

  restore(state: QState): void {
    this.table = structuredClone(state.table);
    this.episodes = state.episode;
    this.generator.restore(state.random);
  }
}

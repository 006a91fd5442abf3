/**
 * A player of the tile puzzle that learns what boards are worth (Szubert and Jaśkowski, "Temporal difference learning of
 * n-tuple networks for the game 2048", CIG 2014).
 *
 * A board is judged right after the push, before chance adds its tile ("afterstate" s):
 *   V(s) = Σ over patterns and the eight ways to turn and mirror them of table[the tiles under the pattern]
 *   V(s) ← V(s) + α·(r + V(s′) − V(s)),   r and s′ of the next push; after the last push the target is 0
 * and the push with the largest r + V(s) is played. Patterns are the lines and the 2 × 2 squares. Left out: patterns of six
 * cells, thinking ahead.
 */
import { defineConfig, number, type ConfigValues } from "../../core/config.ts";
import { push, type MergeTilesState } from "../environments/merge-tiles.ts";
import type { Environment } from "../environment.ts";

export const tileLearnerConfig = defineConfig("rl.tiles", {
  alpha: number({ default: 0.5, min: 0, max: 1, description: "How far an estimate moves to what came." }),
});

export interface TileGame {
  score: number;
  /** The largest tile. */
  largest: number;
  moves: number;
}

export interface TileLearnerState {
  games: number;
  tables: Float32Array[];
  environment: MergeTilesState;
}

/** Tiles from 2¹⁵ on share an entry: nobody gets there with these patterns. */
const EXPONENTS = 16;

export class TileLearner {
  readonly kind = "tiles";
  readonly settings: ConfigValues<typeof tileLearnerConfig>;
  private readonly environment: Environment<MergeTilesState>;
  private readonly size: number;
  /** For each pattern, the cells of its eight versions. */
  private readonly patterns: number[][][];
  private readonly lookups: number;
  private tables: Float32Array[];
  private games = 0;

  /** @param environment from `mergeTiles` */
  constructor(
    environment: Environment<MergeTilesState>,
    settings: Partial<ConfigValues<typeof tileLearnerConfig>> = {},
  ) {
    // prettier-ignore
    this.settings = tileLearnerConfig.parse(settings);
    this.environment = environment;
    this.size = Math.sqrt(environment.observationSpace.shape[0]);
    this.patterns = basePatterns(this.size).map((cells) => turned(cells, this.size));
    this.lookups = this.patterns.reduce((sum, versions) => sum + versions.length, 0);
    this.tables = this.patterns.map(([cells]) => new Float32Array(EXPONENTS ** cells.length));
  }

  /** Plays one game; with `learn: false` without learning from it. */
  episode({
    learn = true,
    watch,
  }: { learn?: boolean; watch?: (board: readonly number[]) => void } = {}): TileGame {
    // prettier-ignore
    this.environment.reset();
    let [score, moves, last]: [number, number, number[] | undefined] = [0, 0, undefined];
    for (let over = false; !over; moves++) {
      const { board } = this.environment.state();
      watch?.(board);
      const { action, after, reward, value } = this.best(board)!;
      if (learn && last) this.learn(last, reward + value);
      last = after;
      over = this.environment.step(action).terminated;
      score += reward;
    }
    if (learn) {
      if (last) this.learn(last, 0);
      this.games++;
    }
    const { board } = this.environment.state();
    watch?.(board);
    return { score, largest: 2 ** Math.max(...board), moves };
  }

  /** The push that is worth most; undefined when none changes the board. @param board exponents, row by row */
  best(
    board: readonly number[],
  ): { action: number; after: number[]; reward: number; value: number } | undefined {
    // prettier-ignore
    let best: { action: number; after: number[]; reward: number; value: number } | undefined;
    for (let action = 0; action < 4; action++) {
      const { board: after, reward } = push(board, this.size, action);
      if (after.every((tile, cell) => tile === board[cell])) continue;
      const value = this.value(after);
      if (!best || reward + value > best.reward + best.value) best = { action, after, reward, value };
    }
    return best;
  }

  /** What is still to come after a push, in points. */
  value(after: readonly number[]): number {
    let sum = 0;
    this.patterns.forEach((versions, p) => {
      for (const cells of versions) sum += this.tables[p][entryOf(after, cells)];
    });
    return sum;
  }

  /** Between games. */
  state(): TileLearnerState {
    const tables = this.tables.map((table) => table.slice());
    return { games: this.games, tables, environment: structuredClone(this.environment.state()) };
  }

  restore(state: TileLearnerState): void {
    this.tables = state.tables.map((table) => table.slice());
    this.games = state.games;
    this.environment.restore(structuredClone(state.environment));
  }

  private learn(after: readonly number[], target: number): void {
    const step = (this.settings.alpha * (target - this.value(after))) / this.lookups;
    this.patterns.forEach((versions, p) => {
      for (const cells of versions) this.tables[p][entryOf(after, cells)] += step;
    });
  }
}

function entryOf(board: readonly number[], cells: readonly number[]): number {
  let entry = 0;
  for (const cell of cells) entry = entry * EXPONENTS + Math.min(board[cell], EXPONENTS - 1);
  return entry;
}

/** Lines and 2 × 2 squares, one of each kind that turning and mirroring do not bring forth. */
function basePatterns(size: number): number[][] {
  const lines = Array.from({ length: Math.ceil(size / 2) }, (_, row) =>
    Array.from({ length: size }, (_, column) => row * size + column),
  );
  const squares: number[][] = [];
  for (let row = 0; row < Math.ceil((size - 1) / 2); row++)
    for (let column = row; column < Math.ceil((size - 1) / 2); column++) {
      const corner = row * size + column;
      squares.push([corner, corner + 1, corner + size, corner + size + 1]);
    }
  return [...lines, ...squares];
}

/** The eight versions of a pattern. */
function turned(cells: readonly number[], size: number): number[][] {
  const quarter = (cell: number): number => (cell % size) * size + (size - 1 - Math.floor(cell / size));
  const mirror = (cell: number): number => Math.floor(cell / size) * size + (size - 1 - (cell % size));
  const versions: number[][] = [];
  let turn = [...cells];
  for (let i = 0; i < 4; i++) {
    versions.push(turn, turn.map(mirror));
    turn = turn.map(quarter);
  }
  return versions;
}

/**
 * A sliding puzzle in the manner of 2048 (Cirulli, 2014): push all tiles to one side; two equal ones that meet become
 * one of twice the value, which is the reward; then a new tile appears, 2 or (one in ten) 4.
 *
 * The episode ends when no push changes the board; a push that changes nothing is an illegal move. Observation: the
 * exponent of each tile over 16, 0 for empty. `info.legal` says which pushes change something.
 */
import { fail } from "../../core/errors.ts";
import { random, type RandomState } from "../../core/random.ts";
import { checkAction, checkRunning, type Discrete, type Environment } from "../environment.ts";

export interface MergeTilesState {
  /** Exponents, row by row: 3 is a tile of 8, 0 is empty. */
  board: readonly number[];
  running: boolean;
  random: RandomState;
}

export function mergeTiles({ size = 4, seed = 0 } = {}): Environment<MergeTilesState> {
  const name = "MergeTiles";
  const actionSpace: Discrete = { kind: "discrete", n: 4, names: ["up", "right", "down", "left"] };
  let generator = random(seed);
  let board: number[] = [];
  let running = false;

  function addTile(): void {
    const empty = [...board.keys()].filter((cell) => board[cell] === 0);
    board[empty[generator.integer(empty.length)]] = generator.uniform() < 0.1 ? 2 : 1;
  }
  const legal = (): number[] =>
    [0, 1, 2, 3].filter((action) => push(board, size, action).board.some((tile, i) => tile !== board[i]));
  const observe = (): Float32Array => Float32Array.from(board, (exponent) => exponent / 16);

  return {
    name,
    actionSpace,
    observationSpace: {
      kind: "box",
      shape: [size * size],
      low: new Array<number>(size * size).fill(0),
      high: new Array<number>(size * size).fill(2),
    },
    reset(newSeed) {
      if (newSeed !== undefined) generator = random(newSeed);
      board = new Array<number>(size * size).fill(0);
      addTile();
      addTile();
      running = true;
      return { observation: observe(), info: { legal: legal() } };
    },
    step(action) {
      checkAction(name, actionSpace, action);
      checkRunning(name, running);
      const pushed = push(board, size, action);
      if (pushed.board.every((tile, i) => tile === board[i]))
        fail(`${name}.step`, {
          expected: `a push that changes the board (${legal().join(", ")})`,
          got: action,
          hint: "info.legal lists them",
        });
      board = pushed.board;
      addTile();
      const possible = legal();
      running = possible.length > 0;
      const info = { legal: possible, largest: 2 ** Math.max(...board) };
      return { observation: observe(), reward: pushed.reward, terminated: !running, truncated: false, info };
    },
    state: () => ({ board: [...board], running, random: generator.state() }),
    restore(state) {
      board = [...state.board];
      running = state.running;
      generator.restore(state.random);
    },
  };
}

/** The board after a push, and the sum of the tiles that it made. */
export function push(
  board: readonly number[],
  size: number,
  action: number,
): { board: number[]; reward: number } {
  const after = new Array<number>(board.length).fill(0);
  let reward = 0;
  for (let line = 0; line < size; line++) {
    // Cells from the side that is pushed to, inwards.
    const cells = Array.from({ length: size }, (_, i) => {
      const inwards = action === 0 || action === 3 ? i : size - 1 - i;
      return action % 2 === 0 ? inwards * size + line : line * size + inwards;
    });
    const tiles = cells.map((cell) => board[cell]).filter((tile) => tile > 0);
    for (let from = 0, to = 0; from < tiles.length; to++) {
      const merges = tiles[from] === tiles[from + 1];
      after[cells[to]] = tiles[from] + (merges ? 1 : 0);
      if (merges) reward += 2 ** (tiles[from] + 1);
      from += merges ? 2 : 1;
    }
  }
  return { board: after, reward };
}

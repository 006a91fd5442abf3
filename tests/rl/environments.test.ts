/** Environments: Gymnasium's physics to the last digits, rules of the games, states, and what they refuse. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { random } from "../../lib/core/index.ts";
import { cartPole, connectFour, gridWorld, mergeTiles, ticTacToe } from "../../lib/rl/index.ts";
import { push } from "../../lib/rl/environments/merge-tiles.ts";
import type { BoardGame, Environment } from "../../lib/rl/index.ts";

type GoldenStep = [action: number, state: number[] | null, reward: number, terminated: boolean, truncated: boolean]; // prettier-ignore

const golden: { trajectories: { rule: string; start: number[]; steps: GoldenStep[] }[] } = JSON.parse(
  readFileSync(new URL("golden/cart-pole.json", import.meta.url), "utf8"),
);

describe("CartPole", () => {
  it.each(golden.trajectories)("repeats Gymnasium's trajectory ($rule)", ({ start, steps }) => {
    const environment = cartPole();
    environment.reset(0);
    environment.restore({ ...environment.state(), values: start as [number, number, number, number] });
    for (const [action, state, reward, terminated, truncated] of steps) {
      const step = environment.step(action);
      state?.forEach((value, i) => expect(environment.state().values[i]).toBeCloseTo(value, 10));
      expect([step.reward, step.terminated, step.truncated]).toEqual([reward, terminated, truncated]);
    }
  });

  it("starts within 0.05 of upright, everywhere else with another seed", () => {
    const { observation } = cartPole().reset(3);
    expect(observation.every((value) => Math.abs(value) <= 0.05)).toBe(true);
    expect(cartPole().reset(3).observation).toEqual(observation);
    expect(cartPole().reset(4).observation).not.toEqual(observation);
  });
});

describe("grid world", () => {
  it("walks, bumps into walls, and ends at the goal", () => {
    const world = gridWorld({ rows: ["S#", ".G"] });
    world.reset(0);
    expect(world.step(1)).toMatchObject({ reward: -0.04, info: { cell: 0 } });
    expect(world.step(2)).toMatchObject({ info: { cell: 2 }, terminated: false });
    expect(world.step(1)).toMatchObject({ info: { cell: 3 }, reward: 0.96, terminated: true });
  });

  it("slips to both sides as often as it says", () => {
    const outcomes = gridWorld({ rows: ["...", ".S.", "..G"], slip: 0.2 }).outcomes(4, 0);
    expect(outcomes.map(({ probability, next }) => [probability, next])).toEqual([[0.8, 1], [0.1, 5], [0.1, 3]]); // prettier-ignore
  });

  it("refuses grids that are none", () => {
    expect(() => gridWorld({ rows: ["S.", "G"] })).toThrow(/gridWorld: expected equally long rows/);
  });
});

describe("merging tiles", () => {
  it("merges each tile once, towards the push", () => {
    expect(push([1, 1, 2, 0, 1, 1, 1, 1, 0, 0, 0, 3, 0, 0, 0, 0], 4, 3)).toEqual({
      board: [2, 2, 0, 0, 2, 2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0],
      reward: 12,
    });
    expect(push([1, 0, 1, 0], 2, 2)).toEqual({ board: [0, 0, 2, 0], reward: 4 });
  });

  it("plays to the end with legal pushes and refuses others", () => {
    const game = mergeTiles({ seed: 1 });
    const generator = random(1);
    let legal = game.reset(5).info.legal as number[];
    for (;;) {
      const illegal = [0, 1, 2, 3].find((action) => !legal.includes(action));
      if (illegal !== undefined)
        expect(() => game.step(illegal)).toThrow(/expected a push that changes the board/);
      const step = game.step(legal[generator.integer(legal.length)]);
      legal = step.info.legal as number[];
      if (step.terminated) break;
    }
    expect(legal).toEqual([]);
    expect(game.state().board.every((tile) => tile > 0)).toBe(true);
  });
});

describe.each<[string, () => Environment]>([
  ["CartPole", () => cartPole()],
  ["GridWorld", () => gridWorld({ slip: 0.3 })],
  ["MergeTiles", () => mergeTiles()],
])("%s, as every environment", (name, make) => {
  it("goes on from a saved state as if nothing had been", () => {
    const [first, second] = [make(), make()];
    first.reset(7);
    first.step(firstLegal(first));
    second.restore(structuredClone(first.state()));
    const action = firstLegal(first);
    expect(second.step(action)).toEqual(first.step(action));
    expect(second.reset()).toEqual(first.reset());
  });

  it("refuses actions out of the space, and steps before the start", () => {
    const environment = make();
    expect(() => environment.step(0)).toThrow(`${name}.step: expected a running episode`);
    environment.reset(0);
    for (const action of [-1, 4, 0.5, NaN])
      expect(() => environment.step(action)).toThrow(`${name}.step: expected an action from 0 to`);
  });
});

/** An action that the environment does not refuse. */
function firstLegal(environment: Environment): number {
  const before = structuredClone(environment.state());
  for (let action = 0; ; action++) {
    try {
      environment.step(action);
      environment.restore(before);
      return action;
    } catch {
      environment.restore(before);
    }
  }
}

/** Number of different games, to the end. */
function countGames(game: BoardGame, position = game.start(), depth = Infinity): number {
  if (position.winner !== undefined || depth === 0) return 1;
  return game
    .legal(position)
    .reduce((sum, action) => sum + countGames(game, game.play(position, action), depth - 1), 0);
}

describe("board games", () => {
  it("tic-tac-toe has 255,168 games", () => {
    expect(countGames(ticTacToe)).toBe(255_168);
  });

  it("Connect Four: every column in each of seven moves, but never seven times the same", () => {
    expect(countGames(connectFour, connectFour.start(), 4)).toBe(2401);
    expect(countGames(connectFour, connectFour.start(), 7)).toBe(7 ** 7 - 7);
  });

  it.each([
    ["a column", [0, 1, 0, 1, 0, 1, 0], 1],
    ["a row", [0, 0, 1, 1, 2, 2, 3], 1],
    ["a diagonal", [0, 1, 1, 2, 2, 3, 2, 3, 3, 6, 3], 1],
  ])("Connect Four sees four in %s", (_, moves, winner) => {
    const end = moves.reduce((position, move) => connectFour.play(position, move), connectFour.start());
    expect(end.winner).toBe(winner);
    expect(() => connectFour.play(end, 5)).toThrow(/expected a game that goes on, got one that is over/);
  });

  it("refuses illegal moves by naming the legal ones", () => {
    const position = ticTacToe.play(ticTacToe.start(), 4);
    expect(() => ticTacToe.play(position, 4)).toThrow(
      "TicTacToe.play: expected one of the moves 0, 1, 2, 3, 5",
    );
  });
});

/** Tree search and self-play: tactics, tic-tac-toe without a loss, resuming to the bit. */
import { describe, expect, it } from "vitest";
import { random } from "../../lib/core/index.ts";
import { dirichlet } from "../../lib/rl/search/mcts.ts";
import { connectFour, playAllOpponents, search, SelfPlay, ticTacToe } from "../../lib/rl/index.ts";
import type { BoardGame, Judge, Position } from "../../lib/rl/index.ts";

/** Knows nothing. */
const ignorant =
  (game: BoardGame): Judge =>
  () => ({ policy: new Array<number>(game.actions).fill(1 / game.actions), value: 0 });

const after = (game: BoardGame, moves: readonly number[]): Position =>
  moves.reduce((position, move) => game.play(position, move), game.start());

const best = (policy: ArrayLike<number>): number =>
  Array.from(policy).indexOf(Math.max(...Array.from(policy)));

describe("tree search", () => {
  it("takes a win and stops the other's", () => {
    const think = (game: BoardGame, moves: number[]): number =>
      best(search(game, after(game, moves), ignorant(game), { simulations: 200 }).policy);
    expect(think(ticTacToe, [0, 3, 1, 4])).toBe(2);
    expect(think(ticTacToe, [0, 4, 1])).toBe(2);
    expect(think(connectFour, [0, 6, 0, 6, 0, 5])).toBe(0);
    expect(think(connectFour, [0, 6, 0, 6, 0])).toBe(0);
  });

  it("never spends a simulation on an illegal move", () => {
    const position = after(ticTacToe, [4, 0]);
    const { policy } = search(ticTacToe, position, ignorant(ticTacToe), { simulations: 90 });
    expect([policy[0], policy[4]]).toEqual([0, 0]);
    expect(Array.from(policy).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  it("draws Dirichlet noise that sums to 1 and is spiky for small α", () => {
    const generator = random(0);
    const largest = (alpha: number): number => {
      const draws = Array.from({ length: 500 }, () => dirichlet(4, alpha, generator));
      for (const noise of draws) expect(noise.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
      return draws.reduce((sum, noise) => sum + Math.max(...noise), 0) / draws.length;
    };
    expect(largest(0.1)).toBeGreaterThan(0.8);
    expect(largest(50)).toBeLessThan(0.35);
  });
});

describe("self-play", () => {
  it("learns tic-tac-toe until it never loses, whatever the other plays", () => {
    const player = new SelfPlay(ticTacToe, { seed: 0 });
    for (let i = 0; i < 40; i++) player.round();
    const move = (position: Position): number => player.move(position, 200);
    for (const side of [1, -1] as const) {
      const { won, drawn, lost } = playAllOpponents(ticTacToe, move, side);
      expect(lost, `as ${side === 1 ? "first" : "second"}`).toBe(0);
      expect(won).toBeGreaterThan(drawn);
    }
    player.dispose();
  }, 120_000);

  it("resumes to the same bits, and changes every parameter", () => {
    const settings = { games: 3, simulations: 10, batches: 4, batchSize: 8, width: 16 };
    const first = new SelfPlay(connectFour, { ...settings, seed: 1 });
    const before = first.parameters.read();
    first.round();
    const second = new SelfPlay(connectFour, { ...settings, seed: 2 });
    second.restore(structuredClone(first.state()));
    expect(second.round()).toEqual(first.round());
    expect(second.parameters.read()).toEqual(first.parameters.read());
    for (const [name, values] of Object.entries(before))
      expect(first.parameters.read()[name], name).not.toEqual(values);
    first.dispose();
    second.dispose();
  });
});

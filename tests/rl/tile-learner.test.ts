/** The player of the tile puzzle: what it learns, that it goes on with the same bits, that its pictures are right. */
import { describe, expect, it } from "vitest";
import { mergeTiles, TileLearner, tileFrame } from "../../lib/rl/index.ts";

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const play = (player: TileLearner, games: number): number[] =>
  Array.from({ length: games }, () => player.episode().score);

describe("the player of tiles", () => {
  it("makes three times the points after 300 games that it makes in its first 20", () => {
    const player = new TileLearner(mergeTiles({ seed: 1 }));
    const first = mean(play(player, 20));
    play(player, 260);
    expect(mean(play(player, 20))).toBeGreaterThan(3 * first);
  }, 60_000);

  it("sees turned and mirrored boards as the same", () => {
    const player = new TileLearner(mergeTiles({ seed: 2 }));
    play(player, 20);
    const board = [1, 2, 3, 4, 0, 1, 0, 2, 5, 0, 0, 1, 1, 1, 2, 0];
    const quarter = board.map((_, cell) => board[(3 - (cell % 4)) * 4 + Math.floor(cell / 4)]);
    const mirrored = board.map((_, cell) => board[Math.floor(cell / 4) * 4 + 3 - (cell % 4)]);
    expect(player.value(board)).not.toBe(0);
    expect(player.value(quarter)).toBeCloseTo(player.value(board), 4);
    expect(player.value(mirrored)).toBeCloseTo(player.value(board), 4);
  });

  it("knows nothing at first, and takes the push that merges most", () => {
    const player = new TileLearner(mergeTiles({ seed: 3 }));
    const found = player.best([5, 1, 2, 3, 5, 2, 1, 4, 1, 3, 2, 1, 2, 1, 3, 2]);
    expect(found).toMatchObject({ action: 0, reward: 64, value: 0 });
    expect(player.best([1, 2, 1, 2, 2, 1, 2, 1, 1, 2, 1, 2, 2, 1, 2, 1])).toBeUndefined();
  });

  it("goes on from its state with the same games", () => {
    const [first, second] = [4, 5].map((seed) => new TileLearner(mergeTiles({ seed })));
    play(first, 5);
    second.restore(structuredClone(first.state()));
    expect(play(second, 5)).toEqual(play(first, 5));
    expect(second.state()).toEqual(first.state());
  });

  it("learns nothing from games that are only played", () => {
    const player = new TileLearner(mergeTiles({ seed: 6 }));
    play(player, 5);
    const { tables, games } = player.state();
    const seen: (readonly number[])[] = [];
    const { moves, largest } = player.episode({ learn: false, watch: (board) => seen.push(board) });
    expect(player.state()).toMatchObject({ tables, games });
    expect(seen).toHaveLength(moves + 1);
    expect(2 ** Math.max(...seen.at(-1)!)).toBe(largest);
  });

  it("draws the numbers of its tiles", () => {
    const { drawing } = tileFrame([1, 0, 0, 11]);
    expect([...drawing.matchAll(/>(\d+)<\/text>/g)].map(([, number]) => number)).toEqual(["2", "2048"]);
  });
});

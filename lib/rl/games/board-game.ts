/**
 * Games for two who move in turn, see everything and do not roll dice: what a tree search needs to know of them.
 *
 * Positions are values that never change. A position is seen by the player who is to move: `1` own stones, `-1` the
 * other's, so that one network can play both sides.
 */
import { fail } from "../../core/errors.ts";

export interface Position {
  /** +1 the first player's stones, −1 the second's, 0 empty; row by row. */
  readonly board: readonly number[];
  /** Who is to move: 1 or −1. */
  readonly player: 1 | -1;
  /** 1, −1: who has won; 0: a draw; undefined: not over. */
  readonly winner: 1 | -1 | 0 | undefined;
}

export interface BoardGame {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Number of actions, legal or not. */
  readonly actions: number;
  start(): Position;
  /** Legal actions, none when the game is over. */
  legal(position: Position): number[];
  /** @throws GradbookError when the move is illegal or the game is over */
  play(position: Position, action: number): Position;
}

/** The board as the player to move sees it. */
export function observePosition({ board, player }: Position): Float32Array {
  return Float32Array.from(board, (stone) => stone * player);
}

export const positionKey = ({ board, player }: Position): string => `${board.join()}|${player}`;

/** @throws GradbookError `TicTacToe.play: expected one of the moves 1, 2, 5, got 4` */
export function checkMove(game: BoardGame, position: Position, action: number): void {
  const legal = game.legal(position);
  if (legal.includes(action)) return;
  if (legal.length === 0)
    fail(`${game.name}.play`, { expected: "a game that goes on", got: "one that is over" });
  fail(`${game.name}.play`, { expected: `one of the moves ${legal.join(", ")}`, got: action });
}

/** Does `player` have `length` stones in a line through `cell`? */
export function hasLine(
  board: readonly number[],
  { rows, columns }: { rows: number; columns: number },
  cell: number,
  length: number,
): boolean {
  const player = board[cell];
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  const run = (down: number, right: number): number => {
    let count = 0;
    for (let r = row + down, c = column + right; ; r += down, c += right, count++) {
      const inside = r >= 0 && r < rows && c >= 0 && c < columns;
      if (!inside || board[r * columns + c] !== player) return count;
    }
  };
  const directions = [[0, 1], [1, 0], [1, 1], [1, -1]]; // prettier-ignore
  return directions.some(([down, right]) => 1 + run(down, right) + run(-down, -right) >= length);
}

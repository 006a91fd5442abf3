/** Playing against every possible opponent at once: the whole tree of the other's moves. */
import type { BoardGame, Position } from "../games/board-game.ts";

export interface Tally {
  won: number;
  drawn: number;
  lost: number;
}

/**
 * Every game that can come about when `move` plays one side and the other side plays anything.
 *
 * @param side 1: `move` begins; −1: the other begins
 * @param move a deterministic player
 */
export function playAllOpponents(game: BoardGame, move: (position: Position) => number, side: 1 | -1): Tally {
  const tally = { won: 0, drawn: 0, lost: 0 };
  const visit = (position: Position): void => {
    const { winner, player } = position;
    if (winner !== undefined) tally[winner === side ? "won" : winner === 0 ? "drawn" : "lost"]++;
    else if (player === side) visit(game.play(position, move(position)));
    else for (const action of game.legal(position)) visit(game.play(position, action));
  };
  visit(game.start());
  return tally;
}

/** Tic-tac-toe: three in a row on a board of 3 × 3. Actions are cells. */
import { checkMove, hasLine, type BoardGame, type Position } from "./board-game.ts";

export const ticTacToe: BoardGame = {
  name: "TicTacToe",
  rows: 3,
  columns: 3,
  actions: 9,
  start: () => ({ board: new Array<number>(9).fill(0), player: 1, winner: undefined }),
  legal: ({ board, winner }) =>
    winner === undefined ? [...board.keys()].filter((cell) => board[cell] === 0) : [],
  play(position, action): Position {
    checkMove(ticTacToe, position, action);
    const { player } = position;
    const board = position.board.with(action, player);
    const full = board.every((stone) => stone !== 0);
    const winner = hasLine(board, ticTacToe, action, 3) ? player : full ? 0 : undefined;
    return { board, player: player === 1 ? -1 : 1, winner };
  },
};

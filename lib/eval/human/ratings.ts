/**
 * Ratings from who beat whom: Elo (1978), which depends on the order of games, and Bradley–Terry (1952), which does
 * not; with intervals by drawing games again.
 */
import { fail } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { quantile } from "../metrics/significance.ts";

export interface Game {
  winner: string;
  loser: string;
  /** Neither won. */
  tie?: boolean;
}

/** Points by which a player who wins ten times as often is ahead. */
const SCALE = 400;
const START = 1000;

/**
 * Elo ratings after the games in their order: r ← r + k·(score − 1/(1 + 10^((other − r)/400))).
 *
 * @param k how far one game moves a rating
 */
export function eloRatings(games: readonly Game[], k = 16): Record<string, number> {
  const ratings: Record<string, number> = {};
  for (const { winner, loser, tie } of games) {
    const [a, b] = [ratings[winner] ?? START, ratings[loser] ?? START];
    const change = k * ((tie ? 0.5 : 1) - 1 / (1 + 10 ** ((b - a) / SCALE)));
    ratings[winner] = a + change;
    ratings[loser] = b - change;
  }
  return ratings;
}

/**
 * The ratings that make the games likeliest, on Elo's scale with mean 1000: P(a beats b) = 1/(1 + 10^((b − a)/400)).
 *
 * Found by Hunter's MM iteration (Annals of Statistics 32, 2004). Everybody also plays a small fraction of a drawn game
 * against everybody, so that who never lost stays finite.
 */
export function bradleyTerry(games: readonly Game[]): Record<string, number> {
  const names = [...new Set(games.flatMap(({ winner, loser }) => [winner, loser]))].sort();
  if (names.length < 2) fail("bradleyTerry", { expected: "games between at least two", got: names.length });
  const index = new Map(names.map((name, i) => [name, i]));
  const PRIOR = 0.1;
  const wins = names.map(() => new Array<number>(names.length).fill(PRIOR / 2));
  for (const { winner, loser, tie } of games) {
    const [a, b] = [index.get(winner)!, index.get(loser)!];
    wins[a][b] += tie ? 0.5 : 1;
    if (tie) wins[b][a] += 0.5;
  }
  let strength = names.map(() => 1);
  for (let i = 0; i < 2000; i++) {
    const next = strength.map((own, a) => {
      let [won, expected] = [0, 0];
      strength.forEach((other, b) => {
        if (a === b) return;
        won += wins[a][b];
        expected += (wins[a][b] + wins[b][a]) / (own + other);
      });
      return won / expected;
    });
    const mean = Math.exp(next.reduce((sum, s) => sum + Math.log(s), 0) / next.length);
    const change = Math.max(...next.map((s, a) => Math.abs(Math.log(s / mean / strength[a]))));
    strength = next.map((s) => s / mean);
    if (change < 1e-9) break;
  }
  return Object.fromEntries(names.map((name, i) => [name, START + SCALE * Math.log10(strength[i])]));
}

export interface Rating {
  name: string;
  rating: number;
  low: number;
  high: number;
  games: number;
}

/** Bradley–Terry ratings, best first, with 95 % intervals from games drawn again. */
export function ratingTable(games: readonly Game[], { samples = 200, seed = 0 } = {}): Rating[] {
  const ratings = bradleyTerry(games);
  const generator = random(seed);
  const drawn: Record<string, number[]> = {};
  for (let i = 0; i < samples; i++) {
    const again = Array.from(games, () => games[generator.integer(games.length)]);
    for (const [name, rating] of Object.entries(bradleyTerry(again))) (drawn[name] ??= []).push(rating);
  }
  return Object.entries(ratings)
    .map(([name, rating]) => {
      const sorted = (drawn[name] ?? [rating]).sort((a, b) => a - b);
      const played = games.filter(({ winner, loser }) => winner === name || loser === name).length;
      return { name, rating, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), games: played };
    })
    .sort((a, b) => b.rating - a.rating);
}

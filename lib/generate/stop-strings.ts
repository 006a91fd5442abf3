/**
 * Ending a text at a given string, while it is streamed: what might be the beginning of a stop string is held back
 * until it is clear that it is not.
 */

export interface StopFilter {
  /** The text that may be shown after this piece; `stopped` once a stop string is complete. */
  push(piece: string): { text: string; stopped: boolean };
  /** What was held back, at the end of a text without a stop string. */
  end(): string;
}

/** @param stops strings that end the text; they are not shown */
export function stopFilter(stops: readonly string[]): StopFilter {
  let held = "";
  return {
    push(piece) {
      held += piece;
      const ends = stops.map((stop) => held.indexOf(stop)).filter((index) => index >= 0);
      const stopped = ends.length > 0;
      const safe = stopped ? Math.min(...ends) : held.length - longestBeginning(held, stops);
      const text = held.slice(0, safe);
      held = stopped ? "" : held.slice(safe);
      return { text, stopped };
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

/** Length of the longest end of `text` with which a stop string begins. */
function longestBeginning(text: string, stops: readonly string[]): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--)
    if (stops.some((stop) => stop.startsWith(text.slice(-length)))) return length;
  return 0;
}

import { describe, expect, it } from "vitest";
import { stopFilter } from "../../lib/generate/stop-strings.ts";

describe("a stop filter", () => {
  const shown = (stops: string[], pieces: string[]): string[] => {
    const filter = stopFilter(stops);
    const texts: string[] = [];
    for (const piece of pieces) {
      const { text, stopped } = filter.push(piece);
      texts.push(text);
      if (stopped) return [...texts, "STOP"];
    }
    return [...texts, filter.end()];
  };

  it("holds nothing back without stop strings", () => {
    expect(shown([], ["a", "b"])).toEqual(["a", "b", ""]);
  });

  it("ends before the stop string, wherever the pieces are cut", () => {
    expect(shown(["END"], ["one E", "N", "Dtwo"])).toEqual(["one ", "", "", "STOP"]);
    expect(shown(["END", " "], ["one END"])).toEqual(["one", "STOP"]);
  });

  it("lets go of what only looked like one", () => {
    expect(shown(["END"], ["E", "N", "EN", "x"])).toEqual(["", "", "EN", "ENx", ""]);
    expect(shown(["END"], ["xEN"])).toEqual(["x", "EN"]);
  });
});

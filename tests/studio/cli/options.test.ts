import { describe, expect, test } from "vitest";
import { optionHelp, parseOptions, type OptionSpecs } from "../../../studio/cli/options.ts";

const SPECS = {
  param: { type: "string", short: "p", multiple: true, value: "NAME=VALUE", description: "set a parameter" },
  out: { type: "string", short: "o", value: "DIR", description: "where to write" },
  json: { type: "boolean", description: "print JSON" },
} as const satisfies OptionSpecs;

describe("options", () => {
  test("may stand before, between and after the words", () => {
    expect(parseOptions(["-o", "x", "a", "--json", "b", "-p", "n=1", "--param=m=2"], SPECS)).toEqual({
      values: { param: ["n=1", "m=2"], out: "x", json: true },
      positionals: ["a", "b"],
    });
  });

  test("that are absent are undefined, empty or false", () => {
    expect(parseOptions([], SPECS).values).toEqual({ param: [], out: undefined, json: false });
  });

  test("end at --, and a value may start with a dash when it is attached or a number", () => {
    expect(parseOptions(["--", "--json"], SPECS).positionals).toEqual(["--json"]);
    expect(parseOptions(["--out=--odd"], SPECS).values.out).toBe("--odd");
    expect(parseOptions(["--out", "-5"], SPECS).values.out).toBe("-5");
  });

  test.each([
    [["--jsn"], "unknown option --jsn; did you mean --json?"],
    [["--frobnicate"], "unknown option --frobnicate; see --help"],
    [["-x"], "unknown option -x; see --help"],
    [["--out"], "--out expects DIR, as in --out DIR"],
    [["--out", "--json"], "--out expects DIR, as in --out DIR"],
    [["--json=yes"], "--json takes no value, got yes"],
    [["-o", "a", "-o", "b"], "--out may be given once, got a and b"],
  ])("%j is refused: %s", (words, sentence) => {
    expect(() => parseOptions(words, SPECS)).toThrow(sentence);
  });

  test("are explained in two columns", () => {
    expect(optionHelp(SPECS)).toBe(
      [
        "  -p, --param NAME=VALUE  set a parameter",
        "  -o, --out DIR           where to write",
        "      --json              print JSON",
      ].join("\n"),
    );
  });

  test("with many values have lines of their own, so that the explanations keep their room", () => {
    const value = Array.from({ length: 16 }, (_, i) => `value${i}`).join("|");
    const lines = optionHelp({ ...SPECS, loss: { type: "string", value, description: "what is to be less" } }).split("\n"); // prettier-ignore
    expect(lines.slice(2)).toEqual([
      "      --json              print JSON",
      "      --loss value0|value1|value2|value3|value4|value5|value6|value7|value8|value9|value10|value11|",
      "        value12|value13|value14|value15",
      "                          what is to be less",
    ]);
  });
});

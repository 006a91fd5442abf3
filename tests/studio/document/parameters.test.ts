import { describe, expect, test } from "vitest";
import {
  assignParameters,
  codeCell,
  findParameters,
  injectParameters,
  newNotebook,
  type Notebook,
} from "../../../studio/document/index.ts";

function notebook(language = "typescript"): Notebook {
  return newNotebook(
    [
      codeCell(`const steps = 100, name = "moby";\nconst rate = await param("rate", gptTrain.rate);`, {
        tags: ["parameters"],
      }),
      codeCell(
        `// param("commented", x)\nshow(param("temperature", sampling.temperature));\nconst other = 1;`,
      ),
    ],
    { language_info: { name: language } },
  );
}

describe("the parameters of a notebook", () => {
  test("are its param() calls and the variables of its parameters cell", () => {
    expect(findParameters(notebook())).toEqual({
      widgets: ["rate", "temperature"],
      variables: ["steps", "name"],
    });
  });

  test("are the assigned names of the parameters cell in Python", () => {
    const python = newNotebook(
      [codeCell("alpha = 0.1\nbeta: int = 2\nif alpha == 1:\n    gamma = 3", { tags: ["parameters"] })],
      {
        language_info: { name: "python" },
      },
    );
    expect(findParameters(python)).toEqual({ widgets: [], variables: ["alpha", "beta"] });
  });

  test("take words as the kind wants them: param() as written, variables as JSON or text", () => {
    const known = { widgets: ["rate"], variables: ["steps", "name", "scale"] };
    expect(
      assignParameters("nb", known, { rate: "3e-3", steps: "50", name: "ishmael", scale: ".5" }),
    ).toEqual({
      host: { rate: "3e-3" },
      injected: { steps: 50, name: "ishmael", scale: 0.5 },
    });
  });

  test("refuse an unknown name and list the known ones", () => {
    const known = findParameters(notebook());
    expect(() => assignParameters("a.ipynb", known, { temprature: "1" })).toThrow(
      "a.ipynb: expected one of the parameters rate, temperature, steps, name, got temprature; did you mean temperature?",
    );
    expect(() => assignParameters("a.ipynb", { widgets: [], variables: [] }, { x: "1" })).toThrow(
      /this notebook declares none/,
    );
  });
});

describe("injected parameters", () => {
  test("come in a tagged cell right after the parameters cell, and replace those of an earlier run", () => {
    const target = notebook();
    injectParameters(target, { steps: 5 });
    injectParameters(target, { steps: 7, name: "x" });
    expect(target.cells.map((cell) => cell.metadata.tags)).toEqual([
      ["parameters"],
      ["injected-parameters"],
      undefined,
    ]);
    expect(target.cells[1].source).toBe('// Parameters\nlet steps = 7;\nlet name = "x";');
  });

  test("are written in the notebook's language", () => {
    const target = notebook("python");
    injectParameters(target, { flag: true, list: [1, null] });
    expect(target.cells[1].source).toBe("# Parameters\nflag = True\nlist = [1, None]");
  });
});

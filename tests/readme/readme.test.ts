/** What the README says, done: its links lead somewhere, its example runs, `npm start` answers with the page. */
import { execFile, spawn } from "node:child_process";
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
const scratch = path.join(ROOT, `readme-example-${process.pid}.ts`);

afterEach(() => rmSync(scratch, { force: true }));

describe("the documents", () => {
  it("link to files that exist", () => {
    const missing = ["README.md", "CONTRIBUTING.md", ...globSync("docs/*.md", { cwd: ROOT })].flatMap(
      (file) => {
        const text = readFileSync(path.join(ROOT, file), "utf8");
        return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
          .map(([, target]) => path.join(path.dirname(file), target))
          .filter((target) => !existsSync(path.join(ROOT, target)))
          .map((target) => `${file} -> ${target}`);
      },
    );
    expect(missing).toEqual([]);
  });
});

describe("the README", () => {
  it("names scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
    const named = [...readme.matchAll(/npm (?:run (?:--silent )?)?([a-z:]+)/g)].map(([, script]) => script);
    expect(named).toContain("start");
    expect(named.filter((script) => script !== "install" && !(script in scripts))).toEqual([]);
  });

  it("has an example that trains and writes", async () => {
    const [, example] = readme.match(/```ts\n([\s\S]*?)```/)!;
    // The whole example, only shorter: the steps of its preset are a dial like any other.
    writeFileSync(scratch, example.replace("trainPresets.nano,", "{ ...trainPresets.nano, steps: 20 },"));
    const { stdout } = await promisify(execFile)("npx", ["node", scratch], { cwd: ROOT });
    expect(stdout).toContain("The whale");
  });

  it("promises a page after npm start, and keeps the promise", async () => {
    const server = spawn("npm", ["start", "--", "--no-browser"], { cwd: ROOT, detached: true });
    let printed = "";
    const address = new Promise<string>((resolve, reject) => {
      for (const stream of [server.stdout, server.stderr]) {
        stream.on("data", (piece: Buffer) => {
          printed += piece;
          const found = printed.match(/http:\/\/127\.0\.0\.1:\d+\/\S+/);
          if (found) resolve(found[0]);
        });
      }
      server.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)));
    });
    try {
      const url = await address;
      expect(url).toContain("notebooks/01-train-a-small-gpt.ipynb");
      const page = await fetch(url);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain("jupyter-config-data");
      expect((await fetch(new URL("/api/contents", url))).status).toBe(401);
    } finally {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      process.kill(-server.pid!, "SIGTERM");
      await ended;
    }
  });
});

/**
 * Our server as the remote one of another front end: the JupyterLab that pip installs, started with `--gateway-url`, shows
 * the notebook; the cells run here. pip's programs live in bench/.peers/venv, made by `npm run bench:peers`.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sitDown, type Desk, type LabPage } from "./lab-page.ts";
import { pipLabReady, startPipLab, writeNotebook, type PipLab } from "./pip-lab.ts";

const CELLS = [
  "let turns = 41;\nprocess.cwd()",
  'import { intSlider } from "gradbook/notebook";\nconst steps = intSlider({ value: 3, max: 10 });\nsteps',
  'console.log("begun"); while (true) { turns++; await new Promise((resolve) => setTimeout(resolve, 10)); }',
  "turns > 41",
];

describe.skipIf(!pipLabReady)("pip's JupyterLab with our server as its gateway", () => {
  let desk: Desk;
  let client: PipLab | undefined;
  let lab: LabPage;

  beforeAll(async () => {
    desk = await sitDown();
    const home = path.join(path.dirname(desk.folder), "client");
    const folder = path.join(home, "notebooks");
    mkdirSync(folder, { recursive: true });
    writeNotebook(path.join(folder, "remote.ipynb"), CELLS);
    const args = [
      `--gateway-url=http://127.0.0.1:${desk.server.port}`,
      `--GatewayClient.auth_token=${desk.server.token}`,
    ];
    client = await startPipLab(folder, { home, args, env: { JUPYTER_CONFIG_DIR: home } });
    lab = await client.open(desk.browser, "remote.ipynb");
  });
  afterAll(async () => {
    await client?.stop();
    await desk?.close();
  });

  it("runs the cells here", async () => {
    await lab.run(0);
    expect(await lab.output(0)).toContain(desk.folder);
  });

  it("shows widgets that live here", async () => {
    await lab.run(1);
    await lab.page.waitForSelector(".jp-OutputArea .widget-slider");
    await lab.screenshot("remote-client");
  });

  it("stops a cell and keeps the variables", async () => {
    await lab.select(2);
    await lab.step();
    // The page says "running" before the kernel has begun.
    await expect.poll(() => lab.output(2)).toContain("begun");
    await lab.command("notebook:interrupt-kernel");
    await expect.poll(async () => (await lab.cell(2)).state).toBe("idle");
    await lab.run(3);
    expect(await lab.output(3)).toBe("true");
  });
});

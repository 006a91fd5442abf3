/**
 * The browser that this machine already has, driven for PDF and for pictures of charts (playwright-core; it
 * brings no browser of its own).
 *
 * Looks for Chromium, Chrome, Edge and Brave in their usual places and on PATH; `CHROME_PATH` names one
 * directly. A snap's or flatpak's wrapper on PATH works too.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { fail } from "../../lib/core/errors.ts";

const COMMANDS = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
  "microsoft-edge-stable",
  "brave-browser",
];
const MAC_APPLICATIONS = ["Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"];
const WINDOWS_PROGRAMS = [
  "Google\\Chrome\\Application\\chrome.exe",
  "Microsoft\\Edge\\Application\\msedge.exe",
  "Chromium\\Application\\chrome.exe",
  "BraveSoftware\\Brave-Browser\\Application\\brave.exe",
];

/**
 * Path of a browser that can be driven, or undefined.
 * @throws GradbookError when CHROME_PATH names a file that is not there
 */
export function findBrowser(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment.CHROME_PATH;
  if (named) {
    if (!existsSync(named)) {
      fail("CHROME_PATH", { expected: "the path of a browser", got: named, hint: "correct or unset it" });
    }
    return named;
  }
  return candidates(environment).find((path) => existsSync(path));
}

function candidates(environment: NodeJS.ProcessEnv): string[] {
  if (process.platform === "darwin") {
    return ["/Applications", join(homedir(), "Applications")].flatMap((folder) =>
      MAC_APPLICATIONS.map((name) => join(folder, `${name}.app/Contents/MacOS/${name}`)),
    );
  }
  if (process.platform === "win32") {
    const roots = [environment.ProgramFiles, environment["ProgramFiles(x86)"], environment.LOCALAPPDATA];
    return roots
      .filter((root) => root !== undefined)
      .flatMap((root) => WINDOWS_PROGRAMS.map((name) => join(root, name)));
  }
  const folders = (environment.PATH ?? "").split(delimiter).filter(Boolean);
  return COMMANDS.flatMap((name) =>
    [...folders, "/usr/bin", "/snap/bin"].map((folder) => join(folder, name)),
  );
}

/** Runs `work` in a fresh, hidden browser and cleans up after it. */
export async function withBrowser<T>(
  executablePath: string,
  work: (browser: BrowserContext) => Promise<T>,
): Promise<T> {
  const { chromium } = await import("playwright-core");
  const profile = mkdtempSync(join(tmpdir(), "gradbook-browser-"));
  try {
    const browser = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      offline: true, // A report needs nothing from outside; what asks for it anyway must not hold up the page.
      args: [
        "--no-sandbox", // Containers and CI have no user namespaces; the page is our own file.
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    try {
      return await work(browser);
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

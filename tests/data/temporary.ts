/** A folder that goes away with the test file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export function temporaryFolder(): (name?: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-data-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name = "") => join(folder, name);
}

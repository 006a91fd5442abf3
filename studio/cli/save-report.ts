/** Writes a report and the pictures that belong to it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Export } from "../report/index.ts";

/** @returns the path of the report */
export function saveReport(
  { name, data, images = [] }: Pick<Export, "name" | "data" | "images">,
  folder: string,
): string {
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, data);
  for (const image of images) {
    const path = join(folder, image.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, image.data);
  }
  return file;
}

/**
 * `manifest.json`: what a checkpoint holds. It is written last, in one atomic step, and names the other files
 * with their checksums: a folder is the checkpoint that its manifest describes, whatever else lies there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { fail } from "../core/errors.ts";

export const FORMAT = "gradbook-checkpoint";
/** Raised when readers of the old form would misread the new one. */
export const FORMAT_VERSION = 1;

// A bare name: a manifest from elsewhere cannot point outside its folder.
const fileEntry = z.strictObject({
  name: z.string().regex(/^[\w-]+\.\w+$/),
  bytes: z.int(),
  sha256: z.string(),
});

const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  /** ISO 8601. */
  saved: z.string(),
  model: z.strictObject({ kind: z.string(), config: z.record(z.string(), z.unknown()) }),
  /** Where training stands; the optimizer's memory is a file. */
  training: z
    .strictObject({
      step: z.int(),
      num_tokens: z.int(),
      settings: z.record(z.string(), z.unknown()),
      loader: z.unknown(),
      random: z.strictObject({ seed: z.number(), draws: z.number() }).optional(),
      metrics: z.record(z.string(), z.number()),
      /** The run that this one was forked from, and the step it left it at. */
      parent: z.strictObject({ run: z.string(), step: z.int() }).optional(),
    })
    .optional(),
  files: z.strictObject({
    weights: fileEntry,
    optimizer: fileEntry.optional(),
    tokenizer: fileEntry.optional(),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type FileEntry = z.infer<typeof fileEntry>;

export const MANIFEST_NAME = "manifest.json";

/**
 * The manifest of a checkpoint folder.
 * @throws GradbookError when there is none, or it is of another format or a newer version
 */
export function readManifest(directory: string): Manifest {
  const path = join(directory, MANIFEST_NAME);
  let json: { format?: unknown; version?: unknown };
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    return fail("loadCheckpoint", {
      expected: `a checkpoint folder with a ${MANIFEST_NAME} at ${directory}`,
      got: (cause as Error).message,
      hint: "pass the folder that saveCheckpoint or a training run wrote",
      cause,
    });
  }
  if (json?.format === FORMAT && typeof json.version === "number" && json.version > FORMAT_VERSION)
    fail(path, {
      expected: `format version ${FORMAT_VERSION} or older`,
      got: json.version,
      hint: "it was written by a newer gradbook; update this one",
    });
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success)
    return fail(path, {
      expected: "the manifest of a gradbook checkpoint",
      got: z.prettifyError(parsed.error).replace(/\s*\n\s*/g, " "),
      hint: "the file is damaged or of another program",
    });
  return parsed.data;
}

/** Choosing files of the browser's machine; their bytes come to the kernel. */
import { control, type Control, type ControlOptions } from "./control.ts";

export interface UploadedFile {
  name: string;
  /** MIME type. */
  type: string;
  /** Bytes. */
  size: number;
  content: Uint8Array;
  /** Milliseconds since 1970. */
  last_modified: number;
}

export interface FileUploadOptions extends ControlOptions {
  /** What the file dialogue offers, e.g. `".txt,.jsonl"`. */
  accept?: string;
  multiple?: boolean;
}

interface FileUploadState {
  value: UploadedFile[];
  accept: string;
  multiple: boolean;
  icon: string;
  error: string;
}

/**
 * @example
 * const upload = fileUpload({ accept: ".txt" });
 * upload.observe("value", ([file]) => train(new TextDecoder().decode(file.content)));
 */
export function fileUpload({
  accept = "",
  multiple = false,
  description = "Upload",
  ...options
}: FileUploadOptions = {}): Control<FileUploadState> {
  const state: FileUploadState = { value: [], accept, multiple, icon: "upload", error: "" };
  return control({ name: "FileUpload", style: "ButtonStyleModel" }, state, { description, ...options });
}

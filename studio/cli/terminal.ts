/** How commands write: colour and live lines on a terminal, plain lines everywhere else. */
import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];
type Stream = NodeJS.WriteStream;

/** Coloured text where the stream is a terminal (NO_COLOR and FORCE_COLOR are respected). */
export function style(format: Format, text: string, stream: Stream = process.stdout): string {
  return styleText(format, text, { stream });
}

export interface StatusLine {
  /** Replaces the line that is being shown. On a pipe nothing is written. */
  show(text: string): void;
  /** Removes it and writes a lasting line. */
  log(text: string): void;
  clear(): void;
}

/** A line at the bottom of a terminal that says what is going on, with seconds counting. */
export function statusLine(stream: Stream = process.stderr): StatusLine {
  let timer: NodeJS.Timeout | undefined;
  const erase = () => {
    clearInterval(timer);
    if (stream.isTTY) stream.write("\r\x1b[2K");
  };
  return {
    show(text) {
      if (!stream.isTTY) return;
      erase();
      const started = Date.now();
      const draw = () => {
        const line = `${text} · ${Math.round((Date.now() - started) / 1000)} s`;
        stream.write(`\r\x1b[2K${line.slice(0, stream.columns - 1)}`);
      };
      draw();
      timer = setInterval(draw, 1000).unref();
    },
    log(text) {
      erase();
      stream.write(`${text}\n`);
    },
    clear: erase,
  };
}

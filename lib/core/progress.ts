/**
 * Progress of long work: how fast, how much longer, and a bar.
 *
 * On a terminal the bar rewrites its line; elsewhere (a log file, a pipe, a notebook's stream) plain lines
 * come at most every ten seconds, so that a log stays readable.
 */

/** Seconds as people say them: `"0.8 s"`, `"42 s"`, `"3 min 20 s"`, `"1 h 05 min"`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** A count in three digits: `"812"`, `"1.20k"`, `"10.8M"`, `"124M"`, `"1.50B"`. */
export function formatCount(count: number): string {
  const units = ["", "k", "M", "B", "T"];
  let scaled = count;
  let unit = 0;
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  if (unit === 0) return Number.isInteger(count) ? String(count) : count.toPrecision(3);
  return `${scaled.toPrecision(3)}${units[unit]}`;
}

/** Bytes in powers of 1024: `"512 B"`, `"3.2 MiB"`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let scaled = bytes;
  let unit = 0;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${unit === 0 ? scaled : scaled.toFixed(1)} ${units[unit]}`;
}

/** `"31.4k tokens/s"`. */
export function formatRate(perSecond: number, unit: string): string {
  return Number.isFinite(perSecond) ? `${formatCount(perSecond)} ${unit}/s` : `– ${unit}/s`;
}

export interface Speedometer {
  /** Tell how many units are done in all. */
  update(done: number): void;
  /** Units per second over the last `window` seconds; NaN before two updates. */
  rate(): number;
}

/**
 * Measures a rate over a sliding window, so that it follows a change and is not held back by a slow start.
 *
 * @param window seconds
 * @param now a clock in milliseconds
 */
export function speedometer(window = 10, now: () => number = () => performance.now()): Speedometer {
  let marks: { time: number; done: number }[] = [];
  return {
    update(done) {
      const time = now();
      const firstInside = marks.findIndex((mark) => time - mark.time <= window * 1000);
      // One mark from before the window stays: a slow process keeps a rate between its rare updates.
      marks = firstInside < 0 ? marks.slice(-1) : marks.slice(Math.max(0, firstInside - 1));
      marks.push({ time, done });
    },
    rate() {
      const [first, last] = [marks[0], marks.at(-1)];
      return first && last && last.time > first.time
        ? ((last.done - first.done) / (last.time - first.time)) * 1000
        : NaN;
    },
  };
}

export interface ProgressOptions {
  /** What is being done, at the start of the line. */
  label: string;
  /** Units when finished. */
  total: number;
  /** Units done before, when work goes on that was begun earlier. */
  start?: number;
  /** Name of the units, for the rate: `"steps"`. */
  unit?: string;
  stream?: { write(text: string): unknown; isTTY?: boolean };
  /** A clock in milliseconds. */
  now?: () => number;
}

export interface Progress {
  /** Units done so far, and a short note such as `"loss 1.93"`. */
  update(done: number, note?: string): void;
  /** Draws the final state and ends the line. */
  end(note?: string): void;
}

const BAR_CELLS = 24;
const TERMINAL_INTERVAL = 100;
const PLAIN_INTERVAL = 10_000;

/**
 * A progress bar on a terminal, occasional lines elsewhere.
 *
 * @example
 * const bar = progress({ label: "tokenize", total: files.length, unit: "files" });
 * files.forEach((file, i) => { tokenize(file); bar.update(i + 1); });
 * bar.end();
 */
export function progress(options: ProgressOptions): Progress {
  const {
    label,
    total,
    start = 0,
    unit = "steps",
    stream = process.stderr,
    now = () => performance.now(),
  } = options;
  const speed = speedometer(10, now);
  const started = now();
  speed.update(start);
  let done = start;
  let drawnAt = -Infinity;

  function line(note: string | undefined, ended: boolean): string {
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const rate = speed.rate();
    const time = ended
      ? formatDuration((now() - started) / 1000)
      : `${formatDuration((total - done) / rate)} left`;
    const parts = [`${done}/${total}`, formatRate(rate, unit), time, ...(note ? [note] : [])];
    const filled = Math.round(share * BAR_CELLS);
    const bar = stream.isTTY ? `${"━".repeat(filled)}${"─".repeat(BAR_CELLS - filled)} ` : "";
    return `${label} ${bar}${String(Math.floor(share * 100)).padStart(3)} % · ${parts.join(" · ")}`;
  }

  function draw(note: string | undefined, ended: boolean): void {
    drawnAt = now();
    if (stream.isTTY) stream.write(`\r\x1b[2K${line(note, ended)}${ended ? "\n" : ""}`);
    else stream.write(`${line(note, ended)}\n`);
  }

  return {
    update(count, note) {
      done = count;
      speed.update(count);
      if (now() - drawnAt >= (stream.isTTY ? TERMINAL_INTERVAL : PLAIN_INTERVAL)) draw(note, false);
    },
    end: (note) => draw(note, true),
  };
}

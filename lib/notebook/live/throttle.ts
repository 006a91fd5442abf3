/**
 * Doing something at most every so often: at once when it is due, and a last time for what came after.
 *
 * A training loop may keep the event loop busy for long, so a request that is due runs in the caller's turn; the
 * timer only serves the tail.
 */

export interface Throttle {
  /** Run now if the interval has passed, otherwise when it will have. */
  request(): void;
  /** Run now, and forget what was requested. */
  now(): void;
  /** Forget what was requested. */
  cancel(): void;
  /** Count as having run just now. */
  skip(): void;
}

/** @param interval milliseconds */
export function throttle(interval: number, run: () => void): Throttle {
  let ranAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  function now(): void {
    cancel();
    ranAt = performance.now();
    run();
  }

  function cancel(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    request() {
      const wait = ranAt + interval - performance.now();
      if (wait <= 0) now();
      else timer ??= setTimeout(now, wait);
    },
    now,
    cancel,
    skip: () => void (ranAt = performance.now()),
  };
}

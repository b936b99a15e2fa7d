// Waiting between tries: longer each time, never at the same moment for everybody.

const FIRST = 1_000;
const LONGEST = 30_000;

/**
 * Milliseconds before try number `tries` + 1, doubling from one second to half a minute, of which at most half is
 * chance, so that a crowd that lost its connection together does not come back together.
 * @param {number} tries failures so far, from 1
 * @param {() => number} [chance] 0..1
 */
export function pauseAfter(tries, chance = Math.random) {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.max(0, tries - 1));
  return Math.round(whole / 2 + (whole / 2) * chance());
}

/**
 * Wait, or stop waiting when the signal says so.
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>} resolves in both cases
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}

/** Waits of one owner, which can be cut short together, and ended for good. */
export class Naps {
  #end = new AbortController();
  /** @type {Set<AbortController>} */
  #naps = new Set();

  get ended() {
    return this.#end.signal.aborted;
  }

  /** @param {number} milliseconds */
  async take(milliseconds) {
    if (this.ended) return;
    const nap = new AbortController();
    this.#naps.add(nap);
    await pause(milliseconds, nap.signal);
    this.#naps.delete(nap);
  }

  /**
   * Wait before the next try. Waking cuts it short, but not when the server said how long to stay away.
   * @param {unknown} error with `retryAfter` in seconds, if it is a problem @param {number} tries failures so far
   */
  async after(error, tries) {
    const asked = Number(/** @type {any} */ (error)?.retryAfter ?? 0);
    if (asked) await pause(asked * 1000, this.#end.signal);
    else await this.take(pauseAfter(tries));
  }

  wake() {
    for (const nap of this.#naps) nap.abort();
  }

  end() {
    this.#end.abort();
    this.wake();
  }
}

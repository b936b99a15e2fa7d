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

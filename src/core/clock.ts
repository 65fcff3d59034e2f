/** The only source of "now": tests and replays put their own in its place. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number
  /** Monotonic milliseconds, for durations. */
  monotonic(): number
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** A clock that stands still until it is told to move. */
export function manualClock(startMs: number): Clock & { advance(ms: number): void } {
  let now = startMs
  return { now: () => now, monotonic: () => now - startMs, advance: (ms) => void (now += ms) }
}

import type { Bars } from '../../data/index.js'
import { defineFeature, type Feature } from '../define-feature.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
/** 1970-01-01 was a Thursday: the week is counted from the Monday before it. */
const MONDAY_SHIFT_MS = 3 * DAY_MS

const tooLong =
  (cycleMs: number, cycle: string) =>
  ({ timeframeMs }: Bars): string | undefined =>
    timeframeMs < cycleMs ? undefined : `bars of ${timeframeMs / HOUR_MS} hours say nothing about the ${cycle}`

/** Phase of a cycle as a point on a circle, so that its end lies beside its beginning. */
function cyclic(name: string, cycle: string, cycleMs: number, phase: (time: number) => number, part: (angle: number) => number): Feature {
  return defineFeature({
    name,
    group: 'time',
    description: `${part === Math.sin ? 'Sine' : 'Cosine'} of the ${cycle} (UTC) at which the bar opens, as an angle.`,
    inputs: ['time'],
    params: {},
    lookback: 0,
    unavailable: tooLong(cycleMs, cycle),
    compute: ({ time }) => time.map((t) => part(2 * Math.PI * phase(t))),
  })
}

const hour = (t: number): number => (((t % DAY_MS) + DAY_MS) % DAY_MS) / DAY_MS
const weekday = (t: number): number => Math.floor(((((t + MONDAY_SHIFT_MS) % WEEK_MS) + WEEK_MS) % WEEK_MS) / DAY_MS) / 7

export const timeFeatures: readonly Feature[] = [
  cyclic('hour_sin', 'time of day', DAY_MS, hour, Math.sin),
  cyclic('hour_cos', 'time of day', DAY_MS, hour, Math.cos),
  cyclic('weekday_sin', 'day of the week', WEEK_MS, weekday, Math.sin),
  cyclic('weekday_cos', 'day of the week', WEEK_MS, weekday, Math.cos),
]

import { column, type Column } from '../column.js'

const between = (name: string, compute: (now: number, before: number) => number) => {
  return (a: Column, bars = 1): Column =>
    column({
      name,
      inputs: [a],
      params: [bars],
      reach: bars,
      warmup: bars,
      start: ([x], [y]) => {
        // Bars since the last break: a change over a break would reach into what lies before it.
        let run = 0
        return (from, to) => {
          let known = run
          for (let i = from; i < to; i++) {
            const v = x![i]!
            known = v === v ? known + 1 : 0
            const value = known > bars ? compute(v, x![i - bars]!) : NaN
            y![i] = value - value === 0 ? value : NaN
          }
          run = known
        }
      },
    })
}

const valueBefore = between('lag', (_, before) => before)

/** The value `bars` bars earlier; NaN where this bar is missing, and until `bars` values after a break. */
export function lag(a: Column, bars: number): Column {
  return bars === 0 ? a : valueBefore(a, bars)
}

/** a - a `bars` earlier (TA-Lib MOM). */
export const change = between('change', (now, before) => now - before)
/** a / a `bars` earlier - 1 (TA-Lib ROCP). */
export const relativeChange = between('relative_change', (now, before) => now / before - 1)
/** ln(a / a `bars` earlier). */
export const logChange = between('log_change', (now, before) => Math.log(now / before))

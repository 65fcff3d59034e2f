import { column, type Column } from '../column.js'

/** State: values since the last break. A change over a break would reach into what lies before it. */
type Loop = (x: Float64Array, y: Float64Array, bars: number, run: Float64Array, from: number, to: number) => void

const between = (name: string, loop: Loop) => {
  return (a: Column, bars = 1): Column =>
    column({
      name,
      inputs: [a],
      params: [bars],
      reach: bars,
      warmup: bars,
      start: ([x], [y]) => {
        const run = new Float64Array(1)
        return (from, to) => loop(x!, y!, bars, run, from, to)
      },
    })
}

const valueBefore = between('lag', (x, y, bars, run, from, to) => {
  let known = run[0]!
  for (let i = from; i < to; i++) {
    known = x[i] === x[i] ? known + 1 : 0
    y[i] = known > bars ? x[i - bars]! : NaN
  }
  run[0] = known
})

/** The value `bars` bars earlier; NaN where this bar is missing, and until `bars` values after a break. */
export function lag(a: Column, bars: number): Column {
  return bars === 0 ? a : valueBefore(a, bars)
}

/** a - a `bars` earlier (TA-Lib MOM). */
export const change = between('change', (x, y, bars, run, from, to) => {
  let known = run[0]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    known = v === v ? known + 1 : 0
    y[i] = known > bars ? v - x[i - bars]! : NaN
  }
  run[0] = known
})

/** a / a `bars` earlier - 1 (TA-Lib ROCP); NaN where that was 0. */
export const relativeChange = between('relative_change', (x, y, bars, run, from, to) => {
  let known = run[0]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    known = v === v ? known + 1 : 0
    const value = known > bars ? v / x[i - bars]! - 1 : NaN
    y[i] = value - value === 0 ? value : NaN
  }
  run[0] = known
})

/** ln(a / a `bars` earlier); NaN unless both have the same sign. */
export const logChange = between('log_change', (x, y, bars, run, from, to) => {
  let known = run[0]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    known = v === v ? known + 1 : 0
    const value = known > bars ? Math.log(v / x[i - bars]!) : NaN
    y[i] = value - value === 0 ? value : NaN
  }
  run[0] = known
})

/** |a - a `bars` earlier| */
export const absoluteChange = between('absolute_change', (x, y, bars, run, from, to) => {
  let known = run[0]!
  for (let i = from; i < to; i++) {
    const v = x[i]!
    known = v === v ? known + 1 : 0
    y[i] = known > bars ? Math.abs(v - x[i - bars]!) : NaN
  }
  run[0] = known
})

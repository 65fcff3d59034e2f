import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

interface Cascade {
  readonly periods: readonly number[]
  readonly factors: Float64Array
  /** How many values each stage has seen, up to its period, and its average. */
  readonly seen: Float64Array
  readonly averages: Float64Array
}

/** Averages of averages: `ema(a, periods[0])`, the ema of that over `periods[1]` bars, ... The same as a chain of {@link ema}, in one pass. */
export function emaCascade(a: Column, periods: readonly number[]): Column[] {
  for (const period of periods) checkPeriod('ema', period, 1)
  const warmup = periods.map((_, k) => periods.slice(0, k + 1).reduce((sum, period) => sum + period - 1, 0))
  return operator({
    name: 'ema_cascade',
    inputs: [a],
    params: [...periods],
    warmup,
    start: ([x], y) => {
      const stages = periods.length
      const factors = Float64Array.from(periods, (period) => 2 / (period + 1))
      const cascade: Cascade = { periods, factors, seen: new Float64Array(stages), averages: new Float64Array(stages) }
      return (from, to) => smoothAgain(x!, y, cascade, from, to)
    },
  })
}

function smoothAgain(
  x: Float64Array,
  y: readonly Float64Array[],
  { periods, factors, seen, averages }: Cascade,
  from: number,
  to: number,
): void {
  const stages = periods.length
  for (let i = from; i < to; i++) {
    let v = x[i]!
    if (v !== v) {
      seen.fill(0)
      averages.fill(0)
    }
    for (let k = 0; k < stages; k++) {
      const before = averages[k]!
      if (seen[k]! >= periods[k]! && v === v) {
        v = before + (v - before) * factors[k]!
        averages[k] = v
      } else if (v === v) {
        const known = seen[k]! + 1
        const mean = before + (v - before) / known
        seen[k] = known
        averages[k] = mean
        v = known === periods[k] ? mean : NaN
      }
      y[k]![i] = v
    }
  }
}

import { createRng } from '../core/index.js'
import type { Bars } from '../data/index.js'

/** Hourly bars of a seeded random walk: what tests and demonstrations need where no data may have a pattern. */
export function randomBars(count: number, seed: number, volatility = 0.01): Bars {
  const rng = createRng(seed, 'random-bars')
  const timeframeMs = 3_600_000
  const column = (): Float64Array => new Float64Array(count)
  const bars = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() }
  let price = 100
  for (let i = 0; i < count; i++) {
    const open = price
    price *= Math.exp(volatility * rng.normal())
    bars.time[i] = Date.UTC(2020, 0, 1) + i * timeframeMs
    bars.open[i] = open
    bars.close[i] = price
    bars.high[i] = Math.max(open, price) * (1 + 0.3 * volatility * rng.next())
    bars.low[i] = Math.min(open, price) * (1 - 0.3 * volatility * rng.next())
    bars.volume[i] = 10 * Math.exp(rng.normal())
  }
  return { symbol: 'RANDOM', timeframeMs, ...bars }
}

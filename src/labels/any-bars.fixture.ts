import fc from 'fast-check'
import { createRng } from '../core/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'

/** 80 random bars with gaps in time, jumps between bars, and missing values here and there. */
export const anyBars = fc
  .record({ seed: fc.integer(), holes: fc.array(fc.integer({ min: 0, max: 79 }), { maxLength: 4 }), jumps: fc.boolean() })
  .map(({ seed, holes, jumps }) => {
    const bars = randomBars(80, seed)
    const rng = createRng(seed, 'holes')
    for (const i of holes) bars[(['open', 'high', 'low', 'close'] as const)[rng.int(4)]!][i] = rng.next() < 0.7 ? NaN : 0
    for (let i = 1; i < 80; i++) {
      bars.time[i] = bars.time[i - 1]! + bars.timeframeMs * (rng.next() < 0.1 ? 50 : 1)
      if (jumps && rng.next() < 0.2) {
        const factor = Math.exp(0.03 * rng.normal())
        for (const column of ['open', 'high', 'low', 'close'] as const) for (let j = i; j < 80; j++) bars[column][j]! *= factor
      }
    }
    return bars
  })

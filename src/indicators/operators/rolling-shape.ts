import { operator, type Column } from '../column.js'
import { checkPeriod } from './check-period.js'

export interface RollingShape {
  /** Skewness with the bias correction of pandas and Excel; NaN for a flat window. */
  readonly skewness: Column
  /** Excess kurtosis with the bias correction of pandas and Excel; NaN for a flat window. */
  readonly kurtosis: Column
}

/** Places in a set of moments: mean, central sums of powers 2, 3, 4, number of values. */
const MEAN = 0
const SECOND = 1
const THIRD = 2
const FOURTH = 3
const COUNT = 4

/** State of one block of `period` values and of the head of the next: see rolling-sum.ts. */
interface Blocks {
  readonly period: number
  /** [moment][q]: of values q.. of the last full block; NaN before there is one. */
  readonly tail: readonly Float64Array[]
  readonly head: Float64Array
  readonly joined: Float64Array
}

/**
 * Skewness and excess kurtosis of the last `period` values (at least 4), by blocks (see rolling-sum.ts): central moments of head and tail are joined by the formulas
 * of Pebay (2008), so nothing is subtracted from running sums of fourth powers.
 */
export function rollingShape(a: Column, period: number): RollingShape {
  checkPeriod('rollingShape', period, 4)
  const warmup = [period - 1, period - 1]
  const [skewness, kurtosis] = operator({ name: 'shape', inputs: [a], params: [period], reach: period - 1, warmup, start })
  function start([x]: readonly Float64Array[], [skewness, kurtosis]: readonly Float64Array[]) {
    const blocks: Blocks = {
      period,
      tail: Array.from({ length: 4 }, () => new Float64Array(period).fill(NaN)),
      head: new Float64Array(5),
      joined: new Float64Array(5),
    }
    return (from: number, to: number): void => shapesOf(x!, skewness!, kurtosis!, blocks, from, to)
  }
  return { skewness: skewness!, kurtosis: kurtosis! }
}

function shapesOf(x: Float64Array, outSkew: Float64Array, outKurt: Float64Array, blocks: Blocks, from: number, to: number): void {
  const { period: p, tail, head, joined } = blocks
  const forSkew = (p * Math.sqrt(p - 1)) / (p - 2)
  const forKurt = (p - 1) / ((p - 2) * (p - 3))
  for (let i = from; i < to; i++) {
    const v = x[i]!
    if (v !== v) {
      tail[MEAN]!.fill(NaN)
      head.fill(0)
      outSkew[i] = outKurt[i] = NaN
      continue
    }
    include(head, v)
    const full = head[COUNT] === p
    if (!full) join(blocks)
    const window = full ? head : joined
    const m2 = window[SECOND]!
    if (m2 > 0) {
      outSkew[i] = forSkew * (window[THIRD]! / (m2 * Math.sqrt(m2)))
      outKurt[i] = forKurt * ((p * (p + 1) * window[FOURTH]!) / (m2 * m2) - 3 * (p - 1))
    } else outSkew[i] = outKurt[i] = NaN
    if (full) {
      sumTails(x, i, blocks)
      head.fill(0)
    }
  }
}

/** Moments of the window: those of the head and of what is left of the last block (Pebay 2008, eq. 2.1). */
function join({ period, tail, head, joined }: Blocks): void {
  const n = head[COUNT]!
  const rest = period - n
  const m2 = tail[SECOND]![n]!
  const m3 = tail[THIRD]![n]!
  const step = (head[MEAN]! - tail[MEAN]![n]!) / period
  const step2 = step * step
  const share = step2 * period * rest * n
  joined[SECOND] = m2 + head[SECOND]! + share
  joined[THIRD] = m3 + head[THIRD]! + share * step * (rest - n) + 3 * step * (rest * head[SECOND]! - n * m2)
  joined[FOURTH] =
    tail[FOURTH]![n]! +
    head[FOURTH]! +
    share * step2 * (rest * rest - rest * n + n * n) +
    6 * step2 * (rest * rest * head[SECOND]! + n * n * m2) +
    4 * step * (rest * head[THIRD]! - n * m3)
}

function sumTails(x: Float64Array, last: number, { period, tail, joined: part }: Blocks): void {
  part.fill(0)
  for (let q = period - 1, k = last; q > 0; q--, k--) {
    include(part, x[k]!)
    tail[MEAN]![q] = part[MEAN]!
    tail[SECOND]![q] = part[SECOND]!
    tail[THIRD]![q] = part[THIRD]!
    tail[FOURTH]![q] = part[FOURTH]!
  }
}

/** Takes one more value into mean and central sums of powers. */
function include(m: Float64Array, value: number): void {
  const before = m[COUNT]!
  const n = before + 1
  const step = (value - m[MEAN]!) / n
  const share = step * step * n * before
  m[FOURTH]! += share * step * step * (n * n - 3 * n + 3) + 6 * step * step * m[SECOND]! - 4 * step * m[THIRD]!
  m[THIRD]! += share * step * (n - 2) - 3 * step * m[SECOND]!
  m[SECOND]! += share
  m[MEAN]! += step
  m[COUNT] = n
}

/** Predictions of several models: row-major, one row a sample, one column a model. */
export interface PredictionTable {
  readonly values: Float64Array
  readonly models: number
}

export interface SimplexProblem extends PredictionTable {
  /** What came: 0 or 1 for `logLoss`, any number for `squares`. */
  readonly target: ArrayLike<number>
  /** Default: all alike. */
  readonly weight?: ArrayLike<number>
  readonly loss: 'logLoss' | 'squares'
}

const MOST_SWEEPS = 500
/** A probability of 0 given to what happened costs this much less than infinity: ln 1e-12. */
const LEAST_CHANCE = 1e-12

/**
 * Weights of at least 0 that add up to 1 with the least loss of the weighted mean. The loss is convex: weight is moved between two models at a time, each move to its own
 * minimum, until none is worth it. Models that say the same share nothing: the first of them keeps the weight.
 */
export function simplexWeights({ values, models, target, weight, loss }: SimplexProblem): Float64Array {
  const n = target.length
  // Of log-loss what matters is the probability given to what happened; of squares the distance to it.
  const parts = Float64Array.from(values, (value, at) => {
    const y = target[Math.floor(at / models)]!
    return loss === 'squares' ? value - y : Math.max(LEAST_CHANCE, y === 1 ? value : 1 - value)
  })
  const weights = new Float64Array(models).fill(1 / models)
  const mix = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < models; j++) mix[i]! += weights[j]! * parts[i * models + j]!
  const best = loss === 'squares' ? bestOfSquares : bestOfLogLoss
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let moved = 0
    for (let a = 0; a < models; a++)
      for (let b = a + 1; b < models; b++) {
        if (weights[a]! + weights[b]! === 0) continue
        const direction = Float64Array.from({ length: n }, (_, i) => parts[i * models + a]! - parts[i * models + b]!)
        const step = best(mix, direction, weight, -weights[a]!, weights[b]!)
        weights[a] = Math.max(0, weights[a]! + step)
        weights[b] = Math.max(0, weights[b]! - step)
        for (let i = 0; i < n; i++) mix[i]! += step * direction[i]!
        moved = Math.max(moved, Math.abs(step))
      }
    if (moved < 1e-12) break
  }
  const total = weights.reduce((sum, value) => sum + value, 0)
  return weights.map((value) => value / total)
}

/** The step within low..high with the least sum of weighted squares of mix + step x direction. */
function bestOfSquares(
  mix: Float64Array,
  direction: Float64Array,
  weight: ArrayLike<number> | undefined,
  low: number,
  high: number,
): number {
  let [slope, curvature] = [0, 0]
  for (let i = 0; i < mix.length; i++) {
    const w = weight?.[i] ?? 1
    slope += w * direction[i]! * mix[i]!
    curvature += w * direction[i]! * direction[i]!
  }
  // Two models that say the same: all goes to the first.
  if (curvature === 0) return high
  return Math.min(high, Math.max(low, -slope / curvature))
}

/** The step within low..high with the least -sum of weighted ln(mix + step x direction): the root of its slope, which never falls, by halving the interval around Newton's steps. */
function bestOfLogLoss(
  mix: Float64Array,
  direction: Float64Array,
  weight: ArrayLike<number> | undefined,
  low: number,
  high: number,
): number {
  const slopeAt = (step: number): readonly [slope: number, curvature: number] => {
    let [slope, curvature] = [0, 0]
    for (let i = 0; i < mix.length; i++) {
      const share = direction[i]! / Math.max(LEAST_CHANCE, mix[i]! + step * direction[i]!)
      const w = weight?.[i] ?? 1
      slope -= w * share
      curvature += w * share * share
    }
    return [slope, curvature]
  }
  if (slopeAt(high)[0] <= 0) return high
  if (slopeAt(low)[0] >= 0) return low
  let [from, to, step] = [low, high, 0]
  for (let iteration = 0; iteration < 100 && to - from > 1e-15; iteration++) {
    const [slope, curvature] = slopeAt(step)
    if (slope > 0) to = step
    else from = step
    const newton = step - slope / curvature
    const next = newton > from && newton < to ? newton : (from + to) / 2
    if (Math.abs(next - step) < 1e-15) break
    step = next
  }
  return step
}

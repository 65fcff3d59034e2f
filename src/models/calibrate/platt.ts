import { sigmoid } from '../../metrics/index.js'

/** Probability of 1 given a score: 1 / (1 + exp(a score + b)); a is below 0 where larger scores mean more ups. */
export interface PlattFit {
  readonly a: number
  readonly b: number
}

const MOST_ITERATIONS = 100
/** Added to the diagonal of the Hessian, so that scores which do not vary leave it invertible. */
const RIDGE = 1e-12
const LEAST_STEP = 1e-10

/**
 * Platt's sigmoid by Newton's method with backtracking (Lin, Lin & Weng 2007, algorithm 1, with weights). Targets are those of Platt 1999: (ups + 1) / (ups + 2) and
 * 1 / (downs + 2), sums of weights, so that a score which separates the classes does not run away to infinity.
 */
export function fitPlatt(score: ArrayLike<number>, y: ArrayLike<number>, weight?: ArrayLike<number>): PlattFit {
  const n = score.length
  const w = (i: number): number => weight?.[i] ?? 1
  let [ups, downs] = [0, 0]
  for (let i = 0; i < n; i++) {
    if (y[i] === 1) ups += w(i)
    else downs += w(i)
  }
  const target = (i: number): number => (y[i] === 1 ? (ups + 1) / (ups + 2) : 1 / (downs + 2))
  const loss = (a: number, b: number): number => {
    let sum = 0
    for (let i = 0; i < n; i++) {
      const z = a * score[i]! + b
      // -t ln p - (1 - t) ln (1 - p), in the form that does not overflow.
      sum += w(i) * (z >= 0 ? target(i) * z + Math.log1p(Math.exp(-z)) : (target(i) - 1) * z + Math.log1p(Math.exp(z)))
    }
    return sum
  }
  let a = 0
  let b = Math.log((downs + 1) / (ups + 1))
  let value = loss(a, b)
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    let [h11, h22, h21, g1, g2] = [RIDGE, RIDGE, 0, 0, 0]
    for (let i = 0; i < n; i++) {
      const p = sigmoid(-(a * score[i]! + b))
      const curvature = w(i) * p * (1 - p)
      const slope = w(i) * (target(i) - p)
      h11 += score[i]! ** 2 * curvature
      h22 += curvature
      h21 += score[i]! * curvature
      g1 += score[i]! * slope
      g2 += slope
    }
    if (Math.max(Math.abs(g1), Math.abs(g2)) < 1e-12 * (ups + downs)) break
    const determinant = h11 * h22 - h21 * h21
    const stepA = -(h22 * g1 - h21 * g2) / determinant
    const stepB = -(h11 * g2 - h21 * g1) / determinant
    const descent = g1 * stepA + g2 * stepB
    // So near the minimum the loss differs by less than its rounding: Newton's step is trusted.
    const near = -descent < 1e-9 * (1 + value)
    let length = 1
    while (!near && length >= LEAST_STEP && !(loss(a + length * stepA, b + length * stepB) < value + 1e-4 * length * descent)) length /= 2
    if (length < LEAST_STEP) break
    a += length * stepA
    b += length * stepB
    value = loss(a, b)
  }
  return { a, b }
}

export const plattAt = ({ a, b }: PlattFit, score: number): number => sigmoid(-(a * score + b))

/** A non-decreasing function: `levels` at `knots` (increasing), straight lines between, constant outside. */
export interface IsotonicFit {
  readonly knots: readonly number[]
  readonly levels: readonly number[]
}

interface Block {
  readonly from: number
  mean: number
  weight: number
}

/**
 * The non-decreasing function of x with the least weighted squared distance to y, by pooling adjacent violators (Barlow et al. 1972), O(n log n). Rows of equal x are one
 * row with their mean; rows of weight 0 do not count. The same as scikit-learn's IsotonicRegression(out_of_bounds="clip"), knots on a level line left out.
 * @param x finite, at least one row of positive weight
 */
export function fitIsotonic(x: ArrayLike<number>, y: ArrayLike<number>, weight?: ArrayLike<number>): IsotonicFit {
  const order = Array.from({ length: x.length }, (_, i) => i).filter((i) => (weight?.[i] ?? 1) > 0)
  order.sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!)
  const knots: number[] = []
  const means: number[] = []
  const weights: number[] = []
  for (let at = 0; at < order.length;) {
    const value = x[order[at]!]!
    let [total, sum] = [0, 0]
    for (; at < order.length && x[order[at]!] === value; at++) {
      const w = weight?.[order[at]!] ?? 1
      total += w
      sum += w * y[order[at]!]!
    }
    knots.push(value)
    means.push(sum / total)
    weights.push(total)
  }
  return withoutInner(knots, pooled(means, weights))
}

/** Level of each position: adjacent blocks are joined while an earlier one is above a later one. */
function pooled(means: readonly number[], weights: readonly number[]): number[] {
  const blocks: Block[] = []
  for (const [from, mean] of means.entries()) {
    let block: Block = { from, mean, weight: weights[from]! }
    for (let last = blocks.at(-1); last !== undefined && last.mean >= block.mean; last = blocks.at(-1)) {
      const total = last.weight + block.weight
      block = { from: last.from, mean: (last.mean * last.weight + block.mean * block.weight) / total, weight: total }
      blocks.pop()
    }
    blocks.push(block)
  }
  return blocks.flatMap(({ from, mean }, k) => new Array<number>((blocks[k + 1]?.from ?? means.length) - from).fill(mean))
}

/** Of each level line only its ends matter. */
function withoutInner(knots: readonly number[], levels: readonly number[]): IsotonicFit {
  const isEnd = (k: number): boolean => k === 0 || k === knots.length - 1 || levels[k] !== levels[k - 1] || levels[k] !== levels[k + 1]
  return { knots: knots.filter((_, k) => isEnd(k)), levels: levels.filter((_, k) => isEnd(k)) }
}

/** Value of the function at x; outside of the knots that of the nearest. */
export function isotonicAt({ knots, levels }: IsotonicFit, x: number): number {
  let [low, high] = [0, knots.length - 1]
  if (x <= knots[low]!) return levels[low]!
  if (x >= knots[high]!) return levels[high]!
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (knots[middle]! <= x) low = middle
    else high = middle
  }
  return levels[low]! + ((levels[high]! - levels[low]!) * (x - knots[low]!)) / (knots[high]! - knots[low]!)
}

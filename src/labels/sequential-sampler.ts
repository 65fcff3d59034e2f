import type { LabelSpans } from './concurrency.js'

/**
 * Chances of the sequential bootstrap, kept up to date draw by draw. The weight of label k is its average uniqueness if it were drawn next: the mean over its bars of
 * 1 / (c + 1), c being how many drawn labels use the bar. A draw changes only the weights of labels that share a bar with it, and those stand beside it, as
 * labels are in order of their first bar. Their weights are computed afresh from the counts, so nothing drifts.
 */
export interface SequentialSampler {
  /** Probability of each label in the next draw. O(labels): for looking, not for drawing. */
  probabilities(): Float64Array
  /** The label at share `u` of the total weight, 0 <= u < 1. O(log labels). */
  pick(u: number): number
  /** Takes note that label k was drawn. O(labels and bars around it + log labels); in all O(labels + bars) at worst. */
  add(k: number): void
}

/** @param spans at least one label, `first` not decreasing */
export function sequentialSampler({ first, last, bars }: LabelSpans): SequentialSampler {
  const count = first.length
  const drawn = new Int32Array(bars)
  // Latest last bar of the labels up to each: it does not decrease, so it finds the earliest label that can reach a bar.
  const reach = new Int32Array(count)
  for (let k = 0; k < count; k++) reach[k] = Math.max(last[k]!, reach[k - 1] ?? 0)
  const weights = sumTree(count)
  const before = new Float64Array(bars + 1)
  weights.update(0, count, () => 1)
  return {
    probabilities: () => Float64Array.from({ length: count }, (_, k) => weights.get(k) / weights.total()),
    pick: (u) => weights.find(u * weights.total()),
    add: (k) => {
      const [from, to] = [first[k]!, last[k]!]
      for (let bar = from; bar <= to; bar++) drawn[bar]! += 1
      const begin = firstWhere(count, (j) => reach[j]! >= from)
      const end = firstWhere(count, (j) => first[j]! > to)
      const [low, high] = [first[begin]!, reach[end - 1]!]
      before[low] = 0
      for (let bar = low; bar <= high; bar++) before[bar + 1] = before[bar]! + 1 / (drawn[bar]! + 1)
      weights.update(begin, end, (j, old) =>
        last[j]! < from ? old : (before[last[j]! + 1]! - before[first[j]!]!) / (last[j]! + 1 - first[j]!),
      )
    },
  }
}

/** Positive values whose sum and whose running sums stay at hand: a binary tree of sums. */
function sumTree(count: number) {
  let leaves = 1
  while (leaves < count) leaves *= 2
  const tree = new Float64Array(2 * leaves)
  return {
    get: (k: number): number => tree[leaves + k]!,
    total: (): number => tree[1]!,
    /** Sets values `begin` up to but not including `end`, and the sums above them. */
    update(begin: number, end: number, valueOf: (k: number, old: number) => number): void {
      for (let k = begin; k < end; k++) tree[leaves + k] = valueOf(k, tree[leaves + k]!)
      for (let low = (leaves + begin) >> 1, high = (leaves + end - 1) >> 1; low >= 1; low >>= 1, high >>= 1)
        for (let node = low; node <= high; node++) tree[node] = tree[2 * node]! + tree[2 * node + 1]!
    },
    /** The value at which the running sum goes beyond `target`. Rounding never leads to a place without a value. */
    find(target: number): number {
      let node = 1
      while (node < leaves) {
        node *= 2
        if (target >= tree[node]! && tree[node + 1]! > 0) target -= tree[node++]!
      }
      return node - leaves
    },
  }
}

/** The first of 0 to count - 1 for which a condition holds that goes on holding; count where it never does. */
function firstWhere(count: number, holds: (k: number) => boolean): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

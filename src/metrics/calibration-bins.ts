import { LabError } from '../core/index.js'
import { sortedOrder } from './ranks.js'

export interface CalibrationOptions {
  /** Default 10. */
  readonly bins?: number
  /** equal-frequency: as many rows a bin as ties allow (equal probabilities stay together). equal-width: 0..1 in equal steps, (a, b], the first one closed (as scikit-learn). */
  readonly strategy?: 'equal-frequency' | 'equal-width'
}

/** Rows whose probabilities lie in one bin. */
export interface ProbabilityBin {
  /** Smallest and largest probability in the bin (equal frequency) or its edges (equal width). */
  readonly from: number
  readonly to: number
  /** Positions in p, by increasing probability. */
  readonly members: Uint32Array
}

/** The bins of probabilities from 0 to 1, in increasing order; empty ones are left out. @throws LabError `bad-bins` */
export function probabilityBins(
  p: ArrayLike<number>,
  { bins = 10, strategy = 'equal-frequency' }: CalibrationOptions = {},
): ProbabilityBin[] {
  if (!Number.isInteger(bins) || bins < 1)
    throw new LabError('bad-bins', 'The calibration table needs bins.', {
      received: String(bins),
      expected: 'a whole number, 1 or more',
      help: 'for example 10',
    })
  const order = sortedOrder(p)
  const binOf =
    strategy === 'equal-width' ? (k: number) => Math.max(0, Math.ceil(p[order[k]!]! * bins) - 1) : equalFrequency(order, p, bins)
  const found: ProbabilityBin[] = []
  for (let from = 0, to = 0; from < order.length; from = to) {
    const bin = binOf(from)
    while (to < order.length && binOf(to) === bin) to += 1
    const edges =
      strategy === 'equal-width' ? { from: bin / bins, to: (bin + 1) / bins } : { from: p[order[from]!]!, to: p[order[to - 1]!]! }
    found.push({ ...edges, members: order.subarray(from, to) })
  }
  return found
}

/** Bin of the k-th smallest: by its share of the rows, a group of ties by that of its first. */
function equalFrequency(order: Uint32Array, p: ArrayLike<number>, bins: number): (k: number) => number {
  const bin = new Uint32Array(order.length)
  for (let k = 0; k < order.length; k++)
    bin[k] = k > 0 && p[order[k]!] === p[order[k - 1]!] ? bin[k - 1]! : Math.floor((k * bins) / order.length)
  return (k) => bin[k]!
}

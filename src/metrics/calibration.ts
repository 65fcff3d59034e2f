import { LabError } from '../core/index.js'
import { checkScores } from './check-scores.js'
import { normalQuantile } from './normal-quantile.js'
import { sortedOrder } from './ranks.js'

export interface CalibrationBin {
  /** Smallest and largest probability in the bin (equal frequency) or its edges (equal width). */
  readonly from: number
  readonly to: number
  readonly rows: number
  readonly meanPredicted: number
  /** Share of rows that were up, with its Wilson 95 % interval. */
  readonly observed: number
  readonly lower: number
  readonly upper: number
}

export interface CalibrationOptions {
  /** Default 10. */
  readonly bins?: number
  /** equal-frequency: as many rows a bin as ties allow (equal probabilities stay together). equal-width: 0..1 in equal steps, (a, b], the first one closed (as scikit-learn). */
  readonly strategy?: 'equal-frequency' | 'equal-width'
}

/** What was predicted beside what happened. Empty bins are left out. @throws LabError `bad-scores`, `bad-bins` */
export function calibrationTable(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  { bins = 10, strategy = 'equal-frequency' }: CalibrationOptions = {},
): CalibrationBin[] {
  checkScores(y, p)
  if (!Number.isInteger(bins) || bins < 1)
    throw new LabError('bad-bins', 'The calibration table needs bins.', {
      received: String(bins),
      expected: 'a whole number, 1 or more',
      help: 'for example 10',
    })
  const order = sortedOrder(p)
  const binOf =
    strategy === 'equal-width' ? (k: number) => Math.max(0, Math.ceil(p[order[k]!]! * bins) - 1) : equalFrequency(order, p, bins)
  const table: CalibrationBin[] = []
  for (let from = 0; from < order.length;) {
    const bin = binOf(from)
    let to = from
    let predicted = 0
    let up = 0
    while (to < order.length && binOf(to) === bin) {
      predicted += p[order[to]!]!
      up += y[order[to]!]!
      to += 1
    }
    const rows = to - from
    const edges =
      strategy === 'equal-width' ? { from: bin / bins, to: (bin + 1) / bins } : { from: p[order[from]!]!, to: p[order[to - 1]!]! }
    table.push({ ...edges, rows, meanPredicted: predicted / rows, observed: up / rows, ...wilson(up, rows) })
    from = to
  }
  return table
}

/** Expected calibration error: mean over rows of |observed - predicted| of their bin. NaN without rows. */
export function expectedCalibrationError(y: ArrayLike<number>, p: ArrayLike<number>, options: CalibrationOptions = {}): number {
  const sum = calibrationTable(y, p, options).reduce((total, bin) => total + bin.rows * Math.abs(bin.observed - bin.meanPredicted), 0)
  return sum / y.length
}

/** Bin of the k-th smallest: by its share of the rows, a group of ties by that of its first. */
function equalFrequency(order: Uint32Array, p: ArrayLike<number>, bins: number): (k: number) => number {
  const bin = new Uint32Array(order.length)
  for (let k = 0; k < order.length; k++)
    bin[k] = k > 0 && p[order[k]!] === p[order[k - 1]!] ? bin[k - 1]! : Math.floor((k * bins) / order.length)
  return (k) => bin[k]!
}

/** Wilson's score interval of a share at 95 %. */
function wilson(hits: number, n: number): { lower: number; upper: number } {
  const z = normalQuantile(0.975)
  const centre = (hits + (z * z) / 2) / (n + z * z)
  const reach = (z * Math.sqrt((hits * (n - hits)) / n + (z * z) / 4)) / (n + z * z)
  return { lower: Math.max(0, centre - reach), upper: Math.min(1, centre + reach) }
}

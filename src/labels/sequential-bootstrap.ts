import { createRng, DISPLAY, LabError, type Displayable } from '../core/index.js'
import { averageUniqueness, type LabelSpans } from './concurrency.js'
import { sequentialSampler } from './sequential-sampler.js'

/** How many rows to draw, and the seed. */
export interface SequentialBootstrapOptions {
  /** How many rows to draw; default: as many as there are labels. */
  readonly draws?: number
  readonly seed: number
}

/** Rows drawn with replacement. Shows itself as one line. */
export interface SequentialSample extends Displayable {
  /** Bar numbers in the order drawn; a row can come more than once. */
  readonly rows: Int32Array
  /** How many different rows were drawn. */
  readonly distinct: number
  /** Mean over the draws of their average uniqueness among each other. */
  readonly meanUniqueness: number
}

/**
 * Bootstrap for overlapping labels: rows are drawn one after the other with replacement, each with a chance proportional to its average uniqueness given the draws so far, so
 * that the sample repeats itself less than one drawn with equal chances.
 *
 * Works on intervals: no table of labels by bars. Memory O(labels + bars); a draw costs what lies around the label drawn, not the whole series (all of it only where
 * labels are that long). Exact: every chance comes from whole counts, not from earlier chances.
 * @param spans from {@link labelSpans}. @throws LabError `bad-draws`, `bad-spans`
 * @see M. López de Prado, Advances in Financial Machine Learning (2018), section 4.5
 */
export function sequentialBootstrap(spans: LabelSpans, { draws = spans.rows.length, seed }: SequentialBootstrapOptions): SequentialSample {
  checkSpans(spans)
  if (!Number.isInteger(draws) || draws < 1)
    throw new LabError('bad-draws', 'This is not a number of draws.', {
      received: String(draws),
      expected: 'a whole number, 1 or more',
      help: 'leave it out to draw as many rows as there are labels',
    })
  const rng = createRng(seed, 'sequential-bootstrap')
  const sampler = sequentialSampler(spans)
  const times = new Int32Array(spans.rows.length)
  const rows = new Int32Array(draws)
  for (let draw = 0; draw < draws; draw++) {
    const k = sampler.pick(rng.next())
    sampler.add(k)
    times[k]! += 1
    rows[draw] = spans.rows[k]!
  }
  const distinct = times.reduce((count, value) => count + (value > 0 ? 1 : 0), 0)
  const meanUniqueness = averageUniqueness(spans, times).reduce((sum, value, k) => sum + value * times[k]!, 0) / draws
  const text = `sequential bootstrap: ${draws} draws of ${times.length} labels, ${distinct} of them different, average uniqueness ${meanUniqueness.toFixed(3)}`
  return { rows, distinct, meanUniqueness, [DISPLAY]: () => ({ 'text/plain': text }) }
}

function checkSpans({ rows, first, last, bars }: LabelSpans): void {
  const sameLength = first.length === rows.length && last.length === rows.length
  let bad = 0
  while (bad < rows.length && first[bad]! >= (first[bad - 1] ?? 0) && last[bad]! >= first[bad]! && last[bad]! < bars) bad += 1
  if (sameLength && rows.length > 0 && bad === rows.length) return
  throw new LabError('bad-spans', 'These are not spans of labels.', {
    received:
      !sameLength || rows.length === 0
        ? `${rows.length} rows, ${first.length} first and ${last.length} last bars`
        : `label ${bad}: bars ${first[bad]} to ${last[bad]} of ${bars}`,
    expected: 'one span a row, at least one, within the bars and in order of the first bar',
    help: 'take them from labelSpans(labels, bars.time)',
  })
}

import { LabError } from '../core/index.js'
import { barRange, type Bars } from '../data/index.js'
import { computeColumns } from '../indicators/index.js'
import type { Feature } from './define-feature.js'
import { featureColumns } from './feature-plan.js'

/**
 * One column for all bars, for a feature of these bars alone. A missing bar costs a new warm-up instead of poisoning a recursive average for ever. Results
 * that are not finite (the logarithm of a price that is not positive) are missing: NaN.
 * @throws LabError `bad-feature` where compute returns another length.
 */
export function computeFeature(feature: Feature, bars: Bars): Float64Array {
  if (feature.column === undefined) return computeStretches(feature, bars)
  const { column } = computeColumns(bars, { column: featureColumns([feature], bars.timeframeMs)[0]! })
  for (let i = 0; i < column.length; i++) if (!Number.isFinite(column[i])) column[i] = NaN
  return column
}

/** Each unbroken stretch of finite inputs by itself. */
function computeStretches(feature: Feature, bars: Bars): Float64Array {
  const n = bars.time.length
  const missing = missingInputs(feature, bars)
  const out = new Float64Array(n).fill(NaN)
  for (let from = 0; from < n;) {
    if (missing?.[from] === 1) {
      from += 1
      continue
    }
    const next = missing?.indexOf(1, from) ?? -1
    const to = next === -1 ? n : next
    const values = feature.compute!(from === 0 && to === n ? bars : barRange(bars, from, to))
    if (values.length !== to - from)
      throw new LabError('bad-feature', `Feature ${feature.name} returned a column of the wrong length.`, {
        received: `${values.length} values`,
        expected: `one value a bar: ${to - from}`,
        help: `correct compute() of ${feature.name}`,
      })
    for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) out[from + i] = values[i]!
    from = to
  }
  return out
}

/** Marks bars where one of the inputs is not finite; undefined where there is none. */
function missingInputs(feature: Feature, bars: Bars): Uint8Array | undefined {
  let mask: Uint8Array | undefined
  for (const name of feature.inputs) {
    const column = bars[name]
    for (let i = 0; i < column.length; i++)
      if (!Number.isFinite(column[i])) {
        mask ??= new Uint8Array(column.length)
        mask[i] = 1
      }
  }
  return mask
}

/** Why these bars cannot have the feature, or undefined: an input without a single finite value, or what the feature itself says. */
export function whyUnavailable(feature: Feature, bars: Bars): string | undefined {
  for (const name of feature.inputs) if (!bars[name].some(Number.isFinite)) return `the bars have no ${name}`
  return feature.unavailable?.(bars)
}

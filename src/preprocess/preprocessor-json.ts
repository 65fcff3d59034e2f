import { LabError } from '../core/index.js'
import { finiteNumbers } from './affine-scaler.js'
import { parsePreprocessSpec } from './preprocess-spec.js'
import { makePreprocessor, type Preprocessor, type PreprocessorJson } from './preprocessor.js'
import { scalerFromJson } from './scaler.js'
import type { WinsorLimits } from './winsorise.js'

/** The preprocessor that `toJSON` wrote: transforms to the bit what that one did. @throws LabError `bad-preprocessor`, `bad-scaler` */
export function preprocessorFromJson(json: PreprocessorJson): Preprocessor {
  const { format, spec, inputs, kept, dropped, medians, indicators, limits } = (json ?? {}) as Partial<PreprocessorJson>
  if (format !== 1) throw bad(`format ${String(format)}`, 'format 1')
  if (!isNames(inputs) || !isNames(kept) || !isNames(indicators) || !Array.isArray(dropped)) throw bad(json, 'lists of column names')
  const columns = Int32Array.from(kept, (name) => inputs.indexOf(name))
  if (columns.some((column, j) => column < 0 || (j > 0 && column <= columns[j - 1]!)))
    throw bad(kept.join(', '), 'names of the inputs, in their order')
  const parsed = parsePreprocessSpec(spec)
  if (!finiteNumbers(medians, parsed.missing.policy === 'median' ? kept.length : 0))
    throw bad(medians, 'a median for each column that needs one')
  const flagged = indicators.map((name) => kept.indexOf(name))
  if (flagged.includes(-1)) throw bad(indicators.join(', '), 'names of kept columns')
  const checked = checkLimits(limits, parsed.winsorise === null ? undefined : kept.length)
  const scaler = scalerFromJson(json.scaler)
  if (scaler.kind !== parsed.scaler.kind || scaler.names.join('\n') !== kept.join('\n'))
    throw bad(`a ${scaler.kind} scaler of ${scaler.names.join(', ')}`, `a ${parsed.scaler.kind} scaler of ${kept.join(', ')}`)
  const fill = { policy: parsed.missing, medians, indicators: flagged }
  return makePreprocessor({ spec: parsed, inputs, columns, dropped, fill, limits: checked, scaler })
}

function checkLimits(limits: WinsorLimits | null | undefined, width: number | undefined): WinsorLimits | null {
  const expected = 'limits where the spec clips: a lower and an upper one for each column'
  if (limits === undefined || (limits === null) !== (width === undefined)) throw bad(limits, expected)
  if (limits === null || width === undefined) return null
  const { lower, upper } = limits
  if (!finiteNumbers(lower, width) || !finiteNumbers(upper, width) || lower.some((low, j) => low > upper[j]!)) throw bad(limits, expected)
  return limits
}

const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((name) => typeof name === 'string')

const bad = (received: unknown, expected: string): LabError =>
  new LabError('bad-preprocessor', 'This is not a saved preprocessor.', {
    received: (typeof received === 'string' ? received : (JSON.stringify(received) ?? 'undefined')).slice(0, 120),
    expected,
    help: 'the model folder is damaged or from another version: train the model again',
  })

import { createRng, LabError, type Rng } from '../core/index.js'
import type { FeatureMatrix } from '../preprocess/index.js'
import type { Leak, LeakCheck, LeakEvidence, LeakMethod } from './leak.js'

/** Something that learns from training rows: a scaler, a selection, a filling of missing values, an encoding. */
export interface FittedStep {
  readonly name: string
  /** What is learned, as something JSON can say. @param y labels, where the step uses them */
  readonly fit: (X: FeatureMatrix, rows: Int32Array, y: Float64Array) => unknown
}

/** A step that learns from training rows, and the matrix to try it on. */
export interface FittedStepSubject {
  readonly step: FittedStep
  readonly X: FeatureMatrix
  readonly rows: Int32Array
  /** Needed by steps that use labels. */
  readonly y?: Float64Array
}

interface Variant {
  readonly evidence: LeakEvidence
  readonly X: FeatureMatrix
  readonly rows: Int32Array
  readonly y: Float64Array
}

/**
 * Tests that a fitted step learns from its training rows alone: what it learns must not change when every other row (features and labels) is altered, missing or not there at all.
 * The first number of what is learned that changes is named, for example `mean[3] (rsi_14)`.
 * @throws LabError `bad-fitted-step` where nothing can be compared, `no-rows`; whatever `fit` throws on the given data
 */
export function checkFittedStep(
  { step, X, rows, y = new Float64Array(X.rows).fill(NaN) }: FittedStepSubject,
  { seed = 0 }: { seed?: number } = {},
): LeakCheck {
  if (rows.length === 0)
    throw new LabError('no-rows', 'A fitted step is checked on training rows.', {
      received: '0 rows',
      expected: 'the training rows of a fold',
      help: 'give folds[0].train',
    })
  const learned = leavesOf(step.fit(X, rows, y))
  if (learned.size === 0)
    throw new LabError('bad-fitted-step', 'What the step learns cannot be compared.', {
      received: `${step.name} learns nothing that JSON can say`,
      expected: 'numbers, texts, lists or objects of them, or an object with toJSON()',
      help: 'let fit return what was learned: (X, rows) => fitStandardScaler(X, rows)',
    })
  const leaks: Leak[] = []
  const methods: LeakMethod[] = []
  for (const variant of variantsOf(X, rows, y, createRng(seed, `leaks/fitted-step/${step.name}`))) {
    const { changed, detail } = compare(step, variant, learned, X.names)
    methods.push({ name: variant.evidence, points: X.rows - rows.length, everyBar: true, comparedValues: learned.size })
    if (changed !== undefined && leaks.length === 0)
      leaks.push({
        ...{ column: step.name, bar: null, time: null, nearestBars: null, reachBars: null },
        ...{ evidence: variant.evidence, detail },
      })
  }
  return { kind: 'fitted step', subject: `${step.name}, ${rows.length} of ${X.rows} rows`, columns: [step.name], methods, leaks }
}

function compare(step: FittedStep, { X, rows, y }: Variant, learned: ReadonlyMap<string, unknown>, names: readonly string[]) {
  let other: Map<string, unknown>
  try {
    other = leavesOf(step.fit(X, rows, y))
  } catch (error) {
    return { changed: true, detail: `fit fails: ${error instanceof Error ? error.message : String(error)}` }
  }
  const paths = [...new Set([...learned.keys(), ...other.keys()])]
  const changed = paths.filter((path) => !Object.is(learned.get(path), other.get(path)))
  const first = changed[0]
  if (first === undefined) return { changed: undefined, detail: '' }
  const place = Number(/\[(\d+)\]$/.exec(first)?.[1])
  const name = names[place] === undefined ? '' : ` (${names[place]})`
  return { changed: true, detail: `${first}${name} is learned from them, with ${changed.length} of ${learned.size} learned values changed` }
}

/** Rows outside training as other values, as NaN, and not there at all. Training rows keep their values and order. */
function variantsOf(X: FeatureMatrix, rows: Int32Array, y: Float64Array, rng: Rng): Variant[] {
  const width = X.names.length
  const inside = new Uint8Array(X.rows)
  for (const row of rows) inside[row] = 1
  const outside = (value: () => number): Pick<Variant, 'X' | 'rows' | 'y'> => ({
    X: { ...X, values: X.values.map((old, at) => (inside[Math.floor(at / width)] === 1 ? old : value())) },
    rows,
    y: y.map((old, row) => (inside[row] === 1 ? old : value())),
  })
  const values = new Float64Array(rows.length * width)
  for (const [k, row] of rows.entries()) values.set(X.values.subarray(row * width, (row + 1) * width), k * width)
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!)
  const alone = { X: { ...X, rows: rows.length, time: pick(X.time), values }, rows: rows.map((_, k) => k), y: pick(y) }
  return [
    { evidence: 'other rows altered', ...outside(() => 1000 * rng.normal()) },
    { evidence: 'other rows missing', ...outside(() => NaN) },
    { evidence: 'other rows removed', ...alone },
  ]
}

/** Every number, text and truth value of what was learned, by its path: `mean[3]`. */
function leavesOf(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (typeof (value as { toJSON?: unknown } | null)?.toJSON === 'function')
    return leavesOf((value as { toJSON(): unknown }).toJSON(), path, into)
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    for (const [k, item] of Array.from(value as ArrayLike<unknown>).entries()) leavesOf(item, `${path}[${k}]`, into)
  else if (value instanceof Map) for (const [key, item] of value as Map<unknown, unknown>) leavesOf(item, `${path}[${String(key)}]`, into)
  else if (value !== null && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) leavesOf(item, path === '' ? key : `${path}.${key}`, into)
  else if (value !== undefined && typeof value !== 'function') into.set(path === '' ? 'result' : path, value)
  return into
}

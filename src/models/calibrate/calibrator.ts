import { z } from 'zod'
import { LabError } from '../../core/index.js'
import { fitIsotonic, isotonicAt } from './isotonic.js'
import { fitPlatt, plattAt } from './platt.js'
import { logOdds } from './log-odds.js'

/** Kinds of calibration. */
export const calibratorKinds = ['isotonic', 'platt'] as const
/** See `fitCalibrator`. */
export type CalibratorKind = (typeof calibratorKinds)[number]

const numbers = z.array(z.number()).min(1)
const calibratorJson = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('isotonic'), knots: numbers, levels: numbers }),
  z.strictObject({ kind: z.literal('platt'), a: z.number(), b: z.number() }),
])
/** A calibration as plain data. */
export type CalibratorJson = Readonly<z.output<typeof calibratorJson>>

/** A learned map from the probabilities a model says to the shares that come true. Never decreasing where larger probabilities mean more ups. */
export interface Calibrator {
  readonly kind: CalibratorKind
  /** Calibrated probabilities, as many. */
  apply(proba: ArrayLike<number>): Float64Array
  toJSON(): CalibratorJson
}

export interface FitCalibratorInput {
  /**
   * `isotonic`: any non-decreasing shape, needs many rows (about 1000), can say 0 and 1 and ties probabilities together. `platt`: a sigmoid of the log-odds, two numbers, for few
   * rows; it keeps the order.
   */
  readonly kind: CalibratorKind
  /** What the model said of rows that it was not fitted on, 0..1. */
  readonly proba: ArrayLike<number>
  /** What happened, 0 or 1. */
  readonly y: ArrayLike<number>
  /** Default: all alike. */
  readonly weight?: ArrayLike<number>
}

/**
 * Learns a calibration. Give it rows that the model has not seen, and judge it on rows that neither has: on its own rows it looks perfect.
 * @throws LabError `bad-calibration` for lengths that differ, targets that are not 0 or 1, probabilities outside 0..1, negative weights; `one-class`
 */
export function fitCalibrator({ kind, proba, y, weight }: FitCalibratorInput): Calibrator {
  check(kind, proba, y, weight)
  return kind === 'isotonic'
    ? calibratorFromJson({ kind, ...copied(fitIsotonic(proba, y, weight)) })
    : calibratorFromJson({ kind, ...fitPlatt(logOdds(proba), y, weight) })
}

const copied = ({ knots, levels }: { readonly knots: readonly number[]; readonly levels: readonly number[] }) => ({
  ...{ knots: [...knots], levels: [...levels] },
})

/** What `toJSON` gave. @throws LabError `bad-calibrator` */
export function calibratorFromJson(json: unknown): Calibrator {
  const parsed = calibratorJson.safeParse(json)
  const fitted = parsed.data
  if (fitted === undefined || (fitted.kind === 'isotonic' && fitted.knots.length !== fitted.levels.length))
    throw new LabError('bad-calibrator', 'This is not a saved calibration.', {
      received: JSON.stringify(json)?.slice(0, 200) ?? 'nothing',
      expected: "{ kind: 'isotonic', knots, levels } with as many of both, or { kind: 'platt', a, b }",
      help: 'fit it again: fitCalibrator({ kind, proba, y })',
    })
  return {
    kind: fitted.kind,
    apply: (proba) =>
      fitted.kind === 'isotonic'
        ? Float64Array.from(proba, (p) => Math.min(1, Math.max(0, isotonicAt(fitted, p))))
        : logOdds(proba).map((score) => plattAt(fitted, score)),
    toJSON: () => fitted,
  }
}

function check(kind: CalibratorKind, proba: ArrayLike<number>, y: ArrayLike<number>, weight: ArrayLike<number> | undefined): void {
  const bad = (received: string, expected: string): LabError =>
    new LabError('bad-calibration', 'A calibration cannot be learned from this.', {
      received,
      expected,
      help: 'give the probabilities of rows that have a label and that the model was not fitted on',
    })
  if (!calibratorKinds.includes(kind)) throw bad(String(kind), calibratorKinds.join(' or '))
  if (y.length !== proba.length || (weight !== undefined && weight.length !== y.length))
    throw bad(`${proba.length} probabilities, ${y.length} targets, ${weight?.length ?? 'no'} weights`, 'as many of each')
  const seen = [0, 0]
  for (let i = 0; i < y.length; i++) {
    if (y[i] !== 0 && y[i] !== 1) throw bad(`target ${String(y[i])} at ${i}`, 'targets 0 or 1')
    if (!(proba[i]! >= 0 && proba[i]! <= 1)) throw bad(`probability ${String(proba[i])} at ${i}`, 'probabilities from 0 to 1')
    const w = weight?.[i] ?? 1
    if (!(w >= 0 && w < Infinity)) throw bad(`weight ${w} at ${i}`, 'weights of 0 or more')
    if (w > 0) seen[y[i]!]! += 1
  }
  if (seen[0] === 0 || seen[1] === 0)
    throw new LabError('one-class', 'The rows to calibrate on hold one class only.', {
      received: `${seen[0]! + seen[1]!} rows, ${seen[1]} of them with y = 1`,
      expected: 'rows of both classes',
      help: 'calibrate on more rows',
    })
}

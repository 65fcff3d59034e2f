import { LabError, systemClock, type Clock } from '../core/index.js'
import { checkFeatures, type CertifyOptions, type FeatureSubject } from './feature-leaks.js'
import { checkFittedStep, type FittedStepSubject } from './fitted-step-leaks.js'
import { checkFolds, type FoldSubject } from './fold-leaks.js'
import { checkJoin, type JoinSubject } from './join-leaks.js'
import { checkLabels, type LabelSubject } from './label-leaks.js'
import { leakCertificate, type LeakCertificate } from './leak-certificate.js'
import { checkResampling, type ResamplingSubject } from './resampling-leaks.js'

/** What is to be checked; each one subject or several. */
export interface LeakSubjects {
  readonly features?: FeatureSubject | readonly FeatureSubject[]
  readonly labels?: LabelSubject | readonly LabelSubject[]
  readonly fittedSteps?: FittedStepSubject | readonly FittedStepSubject[]
  readonly folds?: FoldSubject | readonly FoldSubject[]
  readonly joins?: JoinSubject | readonly JoinSubject[]
  readonly resampling?: ResamplingSubject | readonly ResamplingSubject[]
}

export interface CertifyLeaksOptions extends CertifyOptions {
  readonly clock?: Clock
}

/**
 * The leak certificate: everything between bars and scores that could know what it cannot know. See checkFeatures, checkLabels, checkFittedStep, checkFolds, checkJoin and checkResampling for
 * what each part does; a certificate holds for what was given to it and no more. `assertNoLeaks` stops the work where it is not clean.
 * @throws LabError `nothing-to-check`, and those of the parts
 */
export function certifyLeaks(subjects: LeakSubjects, { clock = systemClock, ...options }: CertifyLeaksOptions = {}): LeakCertificate {
  const started = clock.monotonic()
  const { seed = 0, windowCuts, everyBar } = options
  const labelCuts = everyBar === true ? Infinity : windowCuts
  const checks = [
    ...list(subjects.features).map((subject) => checkFeatures(subject, options)),
    ...list(subjects.joins).map((subject) => checkJoin(subject)),
    ...list(subjects.resampling).map((subject) => checkResampling(subject, { seed })),
    ...list(subjects.labels).map((subject) => checkLabels(subject, { seed, ...(labelCuts !== undefined && { cuts: labelCuts }) })),
    ...list(subjects.folds).map((subject) => checkFolds(subject)),
    ...list(subjects.fittedSteps).map((subject) => checkFittedStep(subject, { seed })),
  ]
  if (checks.length === 0)
    throw new LabError('nothing-to-check', 'The leak certificate was asked for nothing.', {
      received: Object.keys(subjects).join(', ') || 'no subjects',
      expected: 'features, labels, fittedSteps, folds, joins or resampling',
      help: 'certifyLeaks({ features: { transform: engineer, bars } })',
    })
  return leakCertificate(checks, seed, (clock.monotonic() - started) / 1000)
}

const list = <T>(one: T | readonly T[] | undefined): readonly T[] =>
  one === undefined ? [] : Array.isArray(one) ? (one as readonly T[]) : [one as T]

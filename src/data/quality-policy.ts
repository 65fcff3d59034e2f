import { EXIT, LabError, nearestName } from '../core/index.js'

/**
 * What to do about each kind of fault. Every default keeps what is true, repairs only what has one right repair, and stops where a person must decide.
 * Whatever is done is counted in the {@link QualityReport}.
 */
export interface QualityPolicy {
  /** Rows whose time cannot be read. */
  readonly unreadableTime: 'error' | 'drop'
  /** Rows not in order of time (a file that is wholly newest first is turned round without being a fault). */
  readonly outOfOrder: 'sort' | 'error'
  /** Rows that repeat an earlier one, value for value. */
  readonly duplicates: 'drop' | 'error'
  /** Rows with the time of another but other values; `first` and `last` in the order of the file. */
  readonly conflicts: 'error' | 'first' | 'last'
  /** A price is missing. `fill`: a flat bar at the previous close with volume 0 (a first bar is dropped). */
  readonly missingPrices: 'drop' | 'fill' | 'keep' | 'error'
  /** A price is zero or negative. */
  readonly nonPositive: 'drop' | 'keep' | 'error'
  /** High below open or close, or low above. `widen`: high and low take them in. */
  readonly crossed: 'widen' | 'drop' | 'keep' | 'error'
  /** The close is more than ten times, or less than a tenth of, the closes before and after: most often a wrong decimal place. */
  readonly priceSpikes: 'keep' | 'drop' | 'error'
  /** The source has a volume column, but not here. */
  readonly missingVolume: 'keep' | 'zero' | 'drop' | 'error'
  /** `missing`: becomes NaN. */
  readonly negativeVolume: 'missing' | 'drop' | 'keep' | 'error'
  readonly zeroVolume: 'keep' | 'drop' | 'error'
  /** Bars missing although the market was open. `fill`: flat bars at the previous close with volume 0. */
  readonly gaps: 'keep' | 'fill' | 'error'
}

/** Keeps what is true, repairs what has one right repair, and stops where a person must decide. */
export const DEFAULT_QUALITY_POLICY: QualityPolicy = {
  unreadableTime: 'error',
  outOfOrder: 'sort',
  duplicates: 'drop',
  conflicts: 'error',
  missingPrices: 'drop',
  nonPositive: 'drop',
  crossed: 'widen',
  priceSpikes: 'keep',
  missingVolume: 'keep',
  negativeVolume: 'missing',
  zeroVolume: 'keep',
  gaps: 'keep',
}

const CHOICES: { readonly [K in keyof QualityPolicy]: readonly QualityPolicy[K][] } = {
  unreadableTime: ['error', 'drop'],
  outOfOrder: ['sort', 'error'],
  duplicates: ['drop', 'error'],
  conflicts: ['error', 'first', 'last'],
  missingPrices: ['drop', 'fill', 'keep', 'error'],
  nonPositive: ['drop', 'keep', 'error'],
  crossed: ['widen', 'drop', 'keep', 'error'],
  priceSpikes: ['keep', 'drop', 'error'],
  missingVolume: ['keep', 'zero', 'drop', 'error'],
  negativeVolume: ['missing', 'drop', 'keep', 'error'],
  zeroVolume: ['keep', 'drop', 'error'],
  gaps: ['keep', 'fill', 'error'],
}

/** The whole policy from the parts a user gave. @throws LabError `unknown-policy` for a misspelt check or choice. */
export function completePolicy(given: Partial<QualityPolicy> = {}): QualityPolicy {
  for (const [check, choice] of Object.entries(given)) {
    const accepted = (CHOICES as Record<string, readonly string[] | undefined>)[check]
    if (accepted?.includes(choice)) continue
    const names = accepted ?? Object.keys(CHOICES)
    const wrong = accepted === undefined ? check : String(choice)
    const near = nearestName(wrong, names)
    throw new LabError('unknown-policy', accepted === undefined ? 'There is no such quality check.' : `"${check}" has no such policy.`, {
      received: wrong,
      expected: `one of ${names.join(', ')}`,
      help:
        near === undefined
          ? `policy: { ${accepted === undefined ? 'gaps' : check}: '${(accepted ?? ['keep'])[0]}' }`
          : `did you mean "${near}"?`,
      exitCode: EXIT.usage,
    })
  }
  return { ...DEFAULT_QUALITY_POLICY, ...given }
}

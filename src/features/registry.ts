import { LabError, nearestName } from '../core/index.js'
import { FEATURE_GROUPS, type Feature, type FeatureGroup } from './define-feature.js'
import { microstructureFeatures } from './families/microstructure.js'
import { momentumFeatures } from './families/momentum.js'
import { priceFeatures } from './families/price.js'
import { statisticalFeatures } from './families/statistical.js'
import { timeFeatures } from './families/time.js'
import { trendFeatures } from './families/trend.js'
import { volatilityFeatures } from './families/volatility.js'
import { volumeFeatures } from './families/volume.js'
import { featureOfAnyPeriod } from './feature-families.js'

/** The default set, in the order of the columns. A new feature is a record in its family's file. Alpha158, Alpha360 and comparisons with other symbols stand apart. */
export const allFeatures: readonly Feature[] = [
  ...priceFeatures,
  ...momentumFeatures,
  ...trendFeatures,
  ...volatilityFeatures,
  ...volumeFeatures,
  ...statisticalFeatures,
  ...microstructureFeatures,
  ...timeFeatures,
]

/** Features by group and name, less those to drop. */
export interface FeatureSelection {
  /** Only these groups. Default: all. */
  readonly groups?: readonly FeatureGroup[]
  /** Only these features. Default: all of the groups. A family's name with any period will do: 'rsi_21'. */
  readonly names?: readonly string[]
  /** Without these. */
  readonly drop?: readonly string[]
}

/**
 * Features by group and name, in the order of `from`; features of other periods follow.
 * @throws LabError `unknown-feature-group`, `unknown-feature` (both name the nearest), `duplicate-feature`, `no-features`.
 */
export function selectFeatures(selection: FeatureSelection = {}, from: readonly Feature[] = allFeatures): Feature[] {
  const names = from.map((feature) => feature.name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new LabError('duplicate-feature', 'Two features have the same name.', {
      received: twice,
      expected: 'a name of its own for each feature',
      help: 'rename one of them',
    })
  for (const group of selection.groups ?? []) known('feature group', group, FEATURE_GROUPS)
  const made = (selection.names ?? []).flatMap((name) => (names.includes(name) ? [] : (featureOfAnyPeriod(name) ?? [])))
  const all = [...from, ...made]
  const allNames = all.map((feature) => feature.name)
  for (const name of [...(selection.names ?? []), ...(selection.drop ?? [])]) known('feature', name, allNames)
  const chosen = all.filter(
    ({ name, group }) =>
      (selection.groups?.includes(group) ?? true) &&
      (selection.names?.includes(name) ?? true) &&
      !(selection.drop?.includes(name) ?? false),
  )
  if (chosen.length === 0)
    throw new LabError('no-features', 'The selection leaves no feature.', {
      received: JSON.stringify(selection),
      expected: `at least one of: ${names.join(', ')}`,
      help: 'widen groups or names, or drop less',
    })
  return chosen
}

/** Names shown in an error: enough to see what they look like. */
const SHOWN = 12

function known(what: string, given: string, accepted: readonly string[]): void {
  if (accepted.includes(given)) return
  const near = nearestName(given, accepted)
  throw new LabError(`unknown-${what.replace(' ', '-')}`, `There is no ${what} of that name.`, {
    received: given,
    expected:
      accepted.length > SHOWN
        ? `one of ${accepted.length} names: ${accepted.slice(0, SHOWN).join(', ')}, ...`
        : `one of: ${accepted.join(', ')}`,
    help: near === undefined ? 'npm run features -- list prints them all' : `did you mean ${near}?`,
  })
}

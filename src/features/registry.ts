import { LabError, nearestName } from '../core/index.js'
import { FEATURE_GROUPS, type Feature, type FeatureGroup } from './define-feature.js'
import { momentumFeatures } from './families/momentum.js'
import { priceFeatures } from './families/price.js'
import { timeFeatures } from './families/time.js'
import { trendFeatures } from './families/trend.js'
import { volatilityFeatures } from './families/volatility.js'
import { volumeFeatures } from './families/volume.js'

/** Every feature that ships, in the order of the columns. A new one is a record in its family's file. */
export const allFeatures: readonly Feature[] = [
  ...priceFeatures,
  ...momentumFeatures,
  ...volatilityFeatures,
  ...trendFeatures,
  ...volumeFeatures,
  ...timeFeatures,
]

export interface FeatureSelection {
  /** Only these groups. Default: all. */
  readonly groups?: readonly FeatureGroup[]
  /** Only these features. Default: all of the groups. */
  readonly names?: readonly string[]
  /** Without these. */
  readonly drop?: readonly string[]
}

/**
 * Features by group and name, in the order of `from`.
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
  for (const name of [...(selection.names ?? []), ...(selection.drop ?? [])]) known('feature', name, names)
  const chosen = from.filter(
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

function known(what: string, given: string, accepted: readonly string[]): void {
  if (accepted.includes(given)) return
  const near = nearestName(given, accepted)
  throw new LabError(`unknown-${what.replace(' ', '-')}`, `There is no ${what} of that name.`, {
    received: given,
    expected: `one of: ${accepted.join(', ')}`,
    help: near === undefined ? `choose one of the names above` : `did you mean ${near}?`,
  })
}

import { LabError, nearestName } from '../core/index.js'
import type { Feature, FeatureFamily } from './define-feature.js'
import { microstructureFamilies } from './families/microstructure.js'
import { momentumFamilies } from './families/momentum.js'
import { priceFamilies } from './families/price.js'
import { statisticalFamilies } from './families/statistical.js'
import { trendFamilies } from './families/trend.js'
import { volatilityFamilies } from './families/volatility.js'
import { volumeFamilies } from './families/volume.js'

/** Any period will do to ask a family for its name. */
const SAMPLE = 20

const families: ReadonlyMap<string, FeatureFamily> = new Map(
  [
    ...priceFamilies,
    ...momentumFamilies,
    ...trendFamilies,
    ...volatilityFamilies,
    ...volumeFamilies,
    ...statisticalFamilies,
    ...microstructureFamilies,
  ].map((family) => [family(SAMPLE).name.replace(`_${SAMPLE}`, ''), family]),
)

/** Names of all families that take any period: 'rsi', 'atr_pct', ... */
export const featureFamilyNames: readonly string[] = [...families.keys()]

/** The family of that name (`rsi`, `atr_pct`): a function from a period to a feature. @throws LabError `unknown-feature-family` naming the nearest */
export function featureFamily(name: string): FeatureFamily {
  const family = families.get(name)
  if (family !== undefined) return family
  const near = nearestName(name, featureFamilyNames)
  throw new LabError('unknown-feature-family', 'There is no family of features of that name.', {
    received: name,
    expected: `one of: ${featureFamilyNames.join(', ')}`,
    help: near === undefined ? 'choose one of the names above' : `did you mean ${near}?`,
  })
}

/** The feature of a name such as 'rsi_21', if a family makes it: any period, not only those that ship. */
export function featureOfAnyPeriod(name: string): Feature | undefined {
  const match = /^(.+)_(\d+)$/.exec(name)
  const family = families.get(match?.[1] ?? '')
  return family?.(Number(match![2]))
}

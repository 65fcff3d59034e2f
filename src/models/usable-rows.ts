import { usableRows, type FeatureMatrix, type MissingPolicy, type PreprocessSpec } from '../preprocess/index.js'
import { resolveModelSpec, type ModelSpec } from './create-model.js'

/** What a model asks of a row before it can be fitted on it or predict it. */
export interface RowNeeds {
  readonly missing: MissingPolicy
  /** Rows up to its own that it reads. */
  readonly historyRows: number
}

/** Of a model of this spec; of a stack those of each of its bases. @throws as `resolveModelSpec` */
export function rowNeeds(spec: ModelSpec): RowNeeds[] {
  const { kind, params } = resolveModelSpec(spec)
  if (kind === 'stack') return (params.bases as readonly ModelSpec[]).flatMap(rowNeeds)
  return [{ missing: (params.preprocess as PreprocessSpec).missing, historyRows: Number(params.lookbackBars ?? 1) }]
}

/** Marks (1) the rows that models of all these specs can use; without specs the complete rows. */
export function rowsForModels(
  X: FeatureMatrix,
  specs: readonly ModelSpec[],
): { readonly usable: Uint8Array; readonly historyRows: number } {
  const needs = specs.flatMap(rowNeeds)
  const historyRows = Math.max(1, ...needs.map((need) => need.historyRows))
  const policies = needs.length === 0 ? [{ policy: 'reject' } as const] : needs.map(({ missing }) => missing)
  const masks = Array.from(new Map(policies.map((policy) => [JSON.stringify(policy), policy])).values(), (policy) =>
    usableRows(X, policy, { historyRows }),
  )
  return { historyRows, usable: Uint8Array.from({ length: X.rows }, (_, row) => (masks.every((mask) => mask[row] === 1) ? 1 : 0)) }
}

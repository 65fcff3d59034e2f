import { findDataset, loadBars, type Bars } from '../data/index.js'
import { FeatureEngineer } from '../features/index.js'
import { certifyLeaks, checkWarmup, type FeatureSubject, type LeakCertificate, type WarmupReport } from '../leaks/index.js'

export interface DatasetLeaksOptions {
  /** Name under datasets/ or path of a CSV or Parquet file. */
  readonly dataset: string
  /** Default: all of a shipped dataset, the only one of a file. */
  readonly symbols?: readonly string[]
  /** Cut short stretches at every bar where that is how a feature is checked. */
  readonly everyBar?: boolean
  readonly seed?: number
}

export interface DatasetLeaks {
  readonly certificate: LeakCertificate
  /** One a symbol. */
  readonly warmup: readonly WarmupReport[]
}

/**
 * Leak certificate and warm-up sensitivity of the default features on a dataset, for every symbol; with several symbols the features that compare each with the others are
 * among them.
 * @throws LabError of loadBars, certifyLeaks and checkWarmup
 */
export async function checkDatasetLeaks({ dataset, symbols, everyBar, seed = 0 }: DatasetLeaksOptions): Promise<DatasetLeaks> {
  const found = findDataset(dataset)
  const wanted = symbols !== undefined && symbols.length > 0 ? symbols : 'shipped' in found ? found.shipped.symbols : [undefined]
  const market: Bars[] = []
  for (const symbol of wanted) market.push((await loadBars({ dataset, ...(symbol !== undefined && { symbol }) })).bars)
  const subjects = market.map((bars): FeatureSubject => {
    const others = market.filter((other) => other !== bars)
    return { transform: new FeatureEngineer({ references: others.map(({ symbol }) => symbol) }).fit(bars, others), bars, others }
  })
  const certificate = certifyLeaks({ features: subjects }, { seed, ...(everyBar === true && { everyBar, fullCuts: 24 }) })
  return { certificate, warmup: subjects.map((subject) => checkWarmup(subject, { seed })) }
}

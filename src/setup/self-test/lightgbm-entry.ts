import { LightgbmBooster, LightgbmDataset, lightgbmVersion } from '../../native/lightgbm/index.js'
import { serveParent } from '../../runtime/index.js'

/** Child process of the doctor: loads the library the way a fit does and trains one round, because a library that crashes would take the doctor with it. */
serveParent(() => {
  const rows = 100
  const values = Float64Array.from({ length: rows }, (_, i) => i)
  const label = Float32Array.from({ length: rows }, (_, i) => (i < rows / 2 ? 0 : 1))
  const params = { objective: 'binary', num_threads: 1, verbosity: -1 }
  const train = LightgbmDataset.createSync({ values, columns: 1, label }, params)
  const booster = LightgbmBooster.createSync(train, [], params)
  booster.updateSync()
  const proba = booster.predictSync(values, 1)
  booster.close()
  train.close()
  return Promise.resolve({ version: lightgbmVersion(), separates: proba.at(-1)! > proba[0]! })
})

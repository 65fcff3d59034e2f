import { XgboostBooster, XgboostMatrix, xgboostPredictSync, xgboostVersion } from '../../native/xgboost/index.js'
import { serveParent } from '../../runtime/index.js'

/** Child process of the doctor: loads the library the way a fit does and trains one round, because a library that crashes would take the doctor with it. */
serveParent(() => {
  const rows = 100
  const values = Float64Array.from({ length: rows }, (_, i) => i)
  const label = Float64Array.from({ length: rows }, (_, i) => (i < rows / 2 ? 0 : 1))
  const train = XgboostMatrix.createBinnedSync({ values, names: ['x'], label }, { maxBin: 256, threads: 1 })
  const booster = XgboostBooster.createSync([train], { objective: 'binary:logistic', tree_method: 'hist', nthread: 1 })
  booster.updateSync(train, 0)
  const proba = xgboostPredictSync(booster, values, 1)
  booster.close()
  train.close()
  return Promise.resolve({ version: xgboostVersion(), separates: proba.at(-1)! > proba[0]! })
})

export * from './describe-folds.js'
export * from './fold.js'
export * from './walk-forward.js'

export * from './complete-rows.js'
export * from './feature-matrix.js'
export * from './standard-scaler.js'

export * from './class-balance.js'
export * from './direction.js'
export * from './labels.js'

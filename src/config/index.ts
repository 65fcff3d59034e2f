export type { ConfigProblem } from './config-problems.js'
export * from './load-config.js'
export * from './parse-config.js'
export * from './training-schema.js'

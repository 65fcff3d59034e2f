export * from './define-feature.js'
export * from './engineer.js'
export * from './registry.js'

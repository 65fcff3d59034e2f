export * from './labels.js'

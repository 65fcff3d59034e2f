export * from './fold.js'

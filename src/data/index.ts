export * from './bars.js'

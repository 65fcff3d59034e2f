export * from './look-ahead.js'

export * from './figure.js'

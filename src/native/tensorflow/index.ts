export * from './addon-sources.js'

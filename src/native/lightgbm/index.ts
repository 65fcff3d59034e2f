export * from './booster.js'
export * from './dataset.js'
export { lightgbmLibraryPath, lightgbmVersion } from './library.js'

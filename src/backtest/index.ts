export * from './long-flat.js'

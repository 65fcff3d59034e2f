export * from './child.js'
export * from './child-entry.js'

export { SidecarArray } from './arrays.js'
export * from './sidecar.js'

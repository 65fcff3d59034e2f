export * from './ensure-setup.js'

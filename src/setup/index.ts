export { runDoctor, type DoctorOptions } from './doctor.js'
export * from './doctor-report.js'
export { ensureSetup, type SetupOptions } from './ensure-setup.js'

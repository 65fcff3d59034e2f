import { EXIT } from '../src/core/index.js'
import { resolveDevicePolicy } from '../src/runtime/index.js'
import { formatDoctorReport, runDoctor } from '../src/setup/index.js'
import { openDoor } from './door.js'

const USAGE = `npm run doctor [-- options]     what is installed, what is missing and what to do about it

      --device auto|cuda|cpu
      --json                for programs

exit codes: 0 the main job can run, 1 it cannot
`

const OPTIONS = { device: { type: 'string' }, json: { type: 'boolean', default: false } } as const

/** npm run doctor [-- --device auto|cuda|cpu] [--json]; exit code 1 when the main job could not run. */
await openDoor({ name: 'doctor', usage: USAGE, options: OPTIONS, allowPositionals: false }, async ({ values: { device, json } }) => {
  const report = await runDoctor({ device: resolveDevicePolicy({ flag: device }) })
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : formatDoctorReport(report)}\n`)
  return report.ok ? EXIT.ok : EXIT.failed
})

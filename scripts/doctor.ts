import { parseArgs } from 'node:util'
import { EXIT, LabError } from '../src/core/index.js'
import { resolveDevicePolicy } from '../src/runtime/index.js'
import { formatDoctorReport, runDoctor } from '../src/setup/index.js'
import { runDoor } from './door.js'

/** npm run doctor [-- --device auto|cuda|cpu] [--json]; exit code 1 when the main job could not run. */
await runDoor(async (args) => {
  const { device, json } = readArguments(args)
  const report = await runDoctor({ device: resolveDevicePolicy({ flag: device }) })
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : formatDoctorReport(report)}\n`)
  return report.ok ? EXIT.ok : EXIT.failed
})

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, options: { device: { type: 'string' }, json: { type: 'boolean', default: false } } }).values
  } catch (cause) {
    throw new LabError('usage', 'The command was not understood.', {
      received: args.join(' '),
      expected: '--device auto|cuda|cpu, --json',
      help: 'npm run doctor',
      exitCode: EXIT.usage,
      cause,
    })
  }
}

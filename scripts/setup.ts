import { parseArgs } from 'node:util'
import { EXIT, LabError } from '../src/core/index.js'
import { ensureSetup } from '../src/setup/index.js'
import { runDoor } from './door.js'

/** npm run setup [-- --device auto|cpu|cuda] [--force] [--json] */
await runDoor(async (args) => {
  const { values } = parseArgs({
    args,
    options: { device: { type: 'string' }, force: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  })
  const device = values.device
  if (device !== undefined && device !== 'auto' && device !== 'cpu' && device !== 'cuda')
    throw new LabError('bad-device', 'There is no such device.', {
      received: device,
      expected: 'auto, cpu or cuda',
      help: 'npm run setup -- --device cpu',
      exitCode: EXIT.usage,
    })
  const installed = await ensureSetup({ ...(device !== undefined && { device }), force: values.force })
  if (values.json) process.stdout.write(`${JSON.stringify(installed, null, 2)}\n`)
  else {
    process.stdout.write(
      `Python ${installed.python.version}, TensorFlow ${installed.tensorflow?.version ?? 'none'} (${installed.device}), addon ${installed.addon?.hash ?? 'none'}\n`,
    )
    for (const { part, message, cure } of installed.problems) process.stdout.write(`${part}: ${message}\n  next: ${cure}\n`)
  }
  return EXIT.ok
})

import { EXIT } from '../src/core/index.js'
import { resolveDevicePolicy } from '../src/runtime/index.js'
import { ensureSetup } from '../src/setup/index.js'
import { openDoor } from './door.js'

const USAGE = `npm run setup [-- options]     install what Python and TensorFlow need, once

      --device auto|cuda|cpu
      --force               install again
      --json                for programs
`

const OPTIONS = {
  device: { type: 'string' },
  force: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

/** npm run setup [-- --device auto|cpu|cuda] [--force] [--json] */
await openDoor({ name: 'setup', usage: USAGE, options: OPTIONS, allowPositionals: false }, async ({ values }) => {
  const installed = await ensureSetup({ device: resolveDevicePolicy({ flag: values.device }), force: values.force, retry: true })
  if (values.json) process.stdout.write(`${JSON.stringify(installed, null, 2)}\n`)
  else {
    const { python, tensorflow, device, addon, problems } = installed
    process.stdout.write(
      `Python ${python.version}, TensorFlow ${tensorflow?.version ?? 'none'} (${device}), addon ${addon?.hash ?? 'none: the LSTM runs in pure JavaScript'}\n`,
    )
    for (const { part, message, cure } of problems) process.stdout.write(`${part}: ${message}\n  next: ${cure}\n`)
  }
  return EXIT.ok
})

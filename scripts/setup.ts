import { parseArgs } from 'node:util'
import { EXIT, LabError } from '../src/core/index.js'
import { resolveDevicePolicy } from '../src/runtime/index.js'
import { ensureSetup } from '../src/setup/index.js'
import { runDoor } from './door.js'

/** npm run setup [-- --device auto|cpu|cuda] [--force] [--json] */
await runDoor(async (args) => {
  const values = readArguments(args)
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

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      options: { device: { type: 'string' }, force: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    }).values
  } catch (cause) {
    throw new LabError('usage', 'The command was not understood.', {
      received: args.join(' '),
      expected: '--device auto|cuda|cpu, --force, --json',
      help: 'npm run setup',
      exitCode: EXIT.usage,
      cause,
    })
  }
}

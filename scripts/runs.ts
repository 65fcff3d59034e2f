import { parseArgs } from 'node:util'
import { EXIT, LabError } from '../src/core/index.js'
import { findRun, formatRun, formatRunTable, listRuns, readRun } from '../src/track/index.js'
import { runDoor } from './door.js'

/** npm run runs [-- list | show ID] [--json] */
await runDoor(async (args) => {
  const { values, positionals } = readArguments(args)
  const [command = 'list', id, ...more] = positionals
  if (command === 'list' && id === undefined) {
    const runs = listRuns()
    process.stdout.write(`${values.json ? JSON.stringify(runs, null, 2) : formatRunTable(runs)}\n`)
    return Promise.resolve(EXIT.ok)
  }
  if (command !== 'show' || id === undefined || more.length > 0) throw usage(positionals.join(' '))
  const folder = findRun(id)
  const record = readRun(folder)
  process.stdout.write(`${values.json ? JSON.stringify(record, null, 2) : formatRun(record, folder)}\n`)
  return Promise.resolve(EXIT.ok)
})

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false } } })
  } catch (error) {
    throw usage(args.join(' '), error)
  }
}

function usage(received: string, cause?: unknown): LabError {
  return new LabError('usage', 'The command was not understood.', {
    received,
    expected: 'list, or show and the id of a run; --json for programs',
    help: 'npm run runs -- list',
    exitCode: EXIT.usage,
    ...(cause !== undefined && { cause }),
  })
}

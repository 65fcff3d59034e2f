import { parseArgs } from 'node:util'
import { displayPath, EXIT, LabError } from '../src/core/index.js'
import { newNotebook, notebookTemplates } from '../src/notebook/index.js'
import { runDoor } from './door.js'

/** npm run new -- NAME [--template direction] | --list */
await runDoor((args) => {
  const { values, positionals } = read(args)
  if (values.list) {
    for (const { name, title } of notebookTemplates()) process.stdout.write(`${name.padEnd(18)}${title}\n`)
    return Promise.resolve(EXIT.ok)
  }
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) throw usage(positionals.join(' ') || 'nothing')
  const path = displayPath(newNotebook(name, values.template))
  process.stdout.write(`${path}\nsit in it:  npm run lab -- ${path}\nrun it:     npm run pipeline -- ${path}\n`)
  return Promise.resolve(EXIT.ok)
})

function read(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { template: { type: 'string', short: 't', default: 'blank' }, list: { type: 'boolean', default: false } },
    })
  } catch (error) {
    throw usage(args.join(' '), error)
  }
}

function usage(received: string, cause?: unknown): LabError {
  return new LabError('usage', 'The command was not understood.', {
    received,
    expected: 'the name of a notebook, and --template; or --list',
    help: 'npm run new -- my-study --template quickstart',
    exitCode: EXIT.usage,
    ...(cause !== undefined && { cause }),
  })
}

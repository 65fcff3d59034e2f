import { displayPath, EXIT, LabError } from '../src/core/index.js'
import { newNotebook, notebookTemplates } from '../src/notebook/index.js'
import { openDoor } from './door.js'

const USAGE = `npm run new -- NAME [-t TEMPLATE]     a notebook of your own under notebooks/
npm run new -- --list                what it can begin as

  -t, --template NAME       default: blank
`

const OPTIONS = { template: { type: 'string', short: 't', default: 'blank' }, list: { type: 'boolean', default: false } } as const

await openDoor({ name: 'new', usage: USAGE, options: OPTIONS }, ({ values, positionals }) => {
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

function usage(received: string): LabError {
  return new LabError('usage', 'The command was not understood.', {
    received,
    expected: 'the name of a notebook, and --template; or --list',
    help: 'npm run new -- my-study --template quickstart',
    exitCode: EXIT.usage,
  })
}

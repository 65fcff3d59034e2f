import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EXIT, LabError, displayPath, projectPath, resolveUserPath, userFolder } from '../src/core/index.js'
import { exportNotebook } from '../src/notebook/index.js'
import { runDoor } from './door.js'

/** npm run export -- notebooks/x.ipynb [-o FILE] (default: runs/exports/x.ts) */
await runDoor((args) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { out: { type: 'string', short: 'o' } } })
  const [notebook, ...others] = positionals
  if (notebook === undefined || others.length > 0)
    throw new LabError('bad-arguments', 'Export takes one notebook.', {
      received: positionals.join(' ') || 'nothing',
      expected: 'NOTEBOOK [-o FILE]',
      help: 'npm run export -- notebooks/direction.ipynb',
      exitCode: EXIT.usage,
    })
  const path = resolveUserPath(notebook)
  const out = values.out === undefined ? projectPath('runs/exports', `${basename(path, '.ipynb')}.ts`) : resolve(userFolder(), values.out)
  exportNotebook(path, out)
  process.stdout.write(`${displayPath(out)}\nrun it: npx tsx ${displayPath(out)}\n`)
  return Promise.resolve(EXIT.ok)
})

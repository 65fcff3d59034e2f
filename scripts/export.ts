import { basename, resolve } from 'node:path'
import { EXIT, LabError, displayPath, projectPath, resolveUserPath, userFolder } from '../src/core/index.js'
import { exportNotebook, scriptState, type ScriptState } from '../src/notebook/index.js'
import { openDoor } from './door.js'

const USAGE = `npm run export -- NOTEBOOK [-o FILE]      write a notebook as a script (default: runs/exports/<name>.ts)
npm run export -- --check SCRIPT...       is each script still what its notebook would give?

  -o, --out FILE    where to
      --force       replace a script that was changed by hand
      --check       compare only; exit code 1 where one has drifted
`

const OPTIONS = { out: { type: 'string', short: 'o' }, force: { type: 'boolean' }, check: { type: 'boolean' } } as const

await openDoor({ name: 'export', usage: USAGE, options: OPTIONS }, ({ values, positionals }) => {
  if (values.check === true) return Promise.resolve(check(positionals))
  write(positionals, values.out, values.force === true)
  return Promise.resolve(EXIT.ok)
})

function write(positionals: readonly string[], out: string | undefined, force: boolean): void {
  const [notebook, ...others] = positionals
  if (notebook === undefined || others.length > 0) throw usage('Export takes one notebook.', positionals.join(' ') || 'nothing')
  const path = resolveUserPath(notebook)
  const script = out === undefined ? projectPath('runs/exports', `${basename(path, '.ipynb')}.ts`) : resolve(userFolder(), out)
  exportNotebook(path, script, { force })
  process.stdout.write(`${displayPath(script)}\nrun it: npx tsx ${displayPath(script)}\n`)
}

function check(scripts: readonly string[]): number {
  if (scripts.length === 0) throw usage('There is nothing to check.', '--check')
  const states = scripts.map((script) => [script, scriptState(resolveUserPath(script))] as const)
  for (const [script, state] of states) process.stdout.write(`${script}: ${describe(state)}\n`)
  return states.every(([, { notebookChanged, notebookMissing, scriptEdited }]) => !notebookChanged && !notebookMissing && !scriptEdited)
    ? EXIT.ok
    : EXIT.failed
}

function describe({ notebook, notebookChanged, notebookMissing, scriptEdited }: ScriptState): string {
  const drifts = [
    notebookMissing ? `${notebook} is gone` : undefined,
    notebookChanged ? `${notebook} has changed since; npm run export -- ${notebook} makes the script again` : undefined,
    scriptEdited ? 'the script was changed by hand; take the changes into the notebook' : undefined,
  ].filter((text) => text !== undefined)
  return drifts.length === 0 ? `as ${notebook} gives it` : `DRIFTED: ${drifts.join('; ')}`
}

function usage(message: string, received: string): LabError {
  return new LabError('bad-arguments', message, {
    received,
    expected: 'NOTEBOOK [-o FILE], or --check SCRIPT...',
    help: 'npm run export -- --help',
    exitCode: EXIT.usage,
  })
}

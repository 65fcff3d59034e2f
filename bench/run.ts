import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asksForHelp } from '../scripts/door.js'

/** `npm run bench -- <name> [arguments]` runs `bench/<name>.ts`. Each prints ratios against a peer measured in the same run and ends with 1 where a gate is missed. */
const folder = dirname(fileURLToPath(import.meta.url))
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))

const usage =
  (): string => `npm run bench -- NAME [options]     ratios against a peer measured in the same run; ends with 1 where a gate is missed
npm run bench -- NAME --help        what it measures, and its options

NAME: ${names.join(', ')}
`

/** What stands at the head of a benchmark: what it measures, how it is called, its gate. */
function headOf(name: string): string {
  const [, comment] = /^\/\*\*\n([^]*?)^ \*\/$/m.exec(readFileSync(join(folder, `${name}.ts`), 'utf8'))!
  return comment!.replace(/^ \* ?/gm, '')
}

const [name] = process.argv.splice(2, 1)
const known = name !== undefined && names.includes(name)
if (known && !asksForHelp(process.argv)) await import(`./${name}.js`)
else if (known) process.stdout.write(headOf(name))
else if (name !== undefined && asksForHelp([name])) process.stdout.write(usage())
else {
  process.stderr.write(`There is no benchmark ${JSON.stringify(name ?? '')}. Expected: npm run bench -- ${names.join(' | ')}\n`)
  process.exitCode = 2
}

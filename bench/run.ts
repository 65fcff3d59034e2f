import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm run bench -- <name> [arguments]` runs `bench/<name>.ts`. Each prints ratios against a peer measured in the same run and ends with 1 where a gate is missed. */
const folder = dirname(fileURLToPath(import.meta.url))
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))
const [name] = process.argv.splice(2, 1)
if (name !== undefined && names.includes(name)) await import(`./${name}.js`)
else {
  process.stderr.write(`There is no benchmark ${JSON.stringify(name ?? '')}. Expected: npm run bench -- ${names.join(' | ')}\n`)
  process.exitCode = 2
}

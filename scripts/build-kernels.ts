import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, LabError, projectPath } from '../src/core/index.js'
import { kernelSources, sourcesHash } from '../src/indicators/wasm/kernel-sources.js'
import { cacheFolder } from '../src/native/installed.js'
import { openDoor } from './door.js'

/** Needed only by whoever changes a kernel: 100 MB, installed into the cache when it is asked for. */
const COMPILER = 'assemblyscript@0.28.20'

const USAGE = `npm run build:kernels     compiles src/indicators/wasm/*.as to WebAssembly (the compiler, 100 MB, is installed into the cache)
`

/** `npm run build:kernels`: compiles `src/indicators/wasm/*.as` (AssemblyScript) to WebAssembly and writes it to `kernels-binary.ts` beside them. */
await openDoor({ name: 'build:kernels', usage: USAGE, options: {}, allowPositionals: false }, (): Promise<number> => {
  const tools = join(cacheFolder(), 'assemblyscript')
  const work = join(tools, 'kernels')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  run('npm', ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', tools, COMPILER])
  // The compiler wants names that end in .ts, where the project's own type check would take them for TypeScript.
  for (const { name, path } of kernelSources()) copyFileSync(path, join(work, `${name}.ts`))
  const output = join(work, 'kernels.wasm')
  const compiler = join(tools, 'node_modules/assemblyscript/bin/asc.js')
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--enable', 'simd', '--outFile', output]
  run(process.execPath, [compiler, join(work, 'index.ts'), ...options])
  const bytes = readFileSync(output)
  if (bytes.length > 60_000)
    throw new LabError('kernels-too-large', 'The kernels and their constants may no longer fit into the first page of memory.', {
      received: `${bytes.length} bytes`,
      expected: 'less than 60000',
      help: 'see BEGIN in src/indicators/kernel-memory.ts',
    })
  const lines = bytes.toString('base64').match(/.{1,120}/g)!
  const text = `/* Written by npm run build:kernels from the .as files beside it. Do not edit. */

/** SHA-256 of the sources that it was compiled from. */
export const KERNELS_SOURCE = '${sourcesHash()}'

/** The WebAssembly module, base64. */
export const KERNELS = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('')
`
  writeFileSync(projectPath('src/indicators/wasm/kernels-binary.ts'), text)
  process.stdout.write(`${bytes.length} bytes of WebAssembly\n`)
  return Promise.resolve(EXIT.ok)
})

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0)
    throw new LabError('kernels-not-built', 'The kernels could not be compiled.', {
      received: `${command} ended with ${status}: ${(stderr + stdout).trim()}`,
      expected: COMPILER,
      help: 'correct the source that is named, or see whether npm can reach its registry',
    })
}

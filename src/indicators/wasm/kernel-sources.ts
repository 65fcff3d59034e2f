import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectPath, sha256 } from '../../core/index.js'

/** The AssemblyScript files that `kernels-binary.ts` is compiled from. */
export function kernelSources(): { readonly name: string; readonly path: string }[] {
  const folder = projectPath('src', 'indicators', 'wasm')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.as'))
    .sort()
    .map((file) => ({ name: file.slice(0, -3), path: join(folder, file) }))
}

export const sourcesHash = (): string => sha256(...kernelSources().flatMap(({ name, path }) => [name, readFileSync(path, 'utf8')]))

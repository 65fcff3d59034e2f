import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../../core/index.js'

type Patch = readonly [from: string, to: string]
interface TslabPatches {
  readonly applyPatches: (code: string, name: string, patches: readonly Patch[]) => string
  readonly CONVERTER_PATCHES: readonly Patch[]
}
const require = createRequire(import.meta.url)
const { applyPatches, CONVERTER_PATCHES } = require('./tslab-patches.cjs') as TslabPatches
const converter = readFileSync(projectPath('node_modules', 'tslab', 'dist', 'converter.js'), 'utf8')

describe('patches of tslab', () => {
  it('all apply to the installed version, and change it', () => {
    const patched = applyPatches(converter, 'converter.js', CONVERTER_PATCHES)
    for (const [, to] of CONVERTER_PATCHES) expect(patched).toContain(to)
  })

  it.each(CONVERTER_PATCHES.map(([from]) => [from.trim().split('\n')[0]!, from]))('are refused without %s', (line, from) => {
    const other = converter.replace(from, '/* another version */')
    expect(() => applyPatches(other, 'converter.js', CONVERTER_PATCHES)).toThrow(
      `tslab's converter.js is not the expected one (run npm ci); this was found 0 times: ${line}`,
    )
  })

  it('are refused where a text is there twice', () => {
    expect(() => applyPatches('a b a', 'x.js', [['a', 'c']])).toThrow('found 2 times: a')
  })
})

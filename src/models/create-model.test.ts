import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createModel, loadModel, modelKinds, resolveModelSpec } from './index.js'
import { likeliestName } from './params.js'

const context = { device: 'cpu', requireDevice: false } as const

describe('model specs', () => {
  it('writes every default out, the same for equal meaning', () => {
    for (const kind of modelKinds) {
      const { params } = resolveModelSpec({ kind, params: {} })
      expect(Object.values(params).every((value) => value !== undefined)).toBe(true)
      expect(resolveModelSpec({ kind, params })).toEqual({ kind, params })
    }
  })

  it('refuses what it does not know and names what was meant', () => {
    const wrong = { kind: 'light-gbm' as 'lightgbm', params: {} }
    expect(() => createModel(wrong, context)).toThrow(
      expect.objectContaining({ code: 'unknown-model', help: 'did you mean lightgbm?', exitCode: 2 }),
    )
    for (const kind of modelKinds)
      expect(() => resolveModelSpec({ kind, params: { nonsense: 1 } })).toThrow(expect.objectContaining({ code: 'unknown-parameter' }))
    expect(() => resolveModelSpec({ kind: 'toString' as 'lightgbm', params: {} })).toThrow(
      expect.objectContaining({ code: 'unknown-model' }),
    )
  })

  it('knows what a shorter name was short for', () => {
    const names = Object.keys(resolveModelSpec({ kind: 'lightgbm', params: {} }).params)
    expect(likeliestName('leafs', names)).toBe('numLeaves')
    expect(likeliestName('bagging_fraction', names)).toBe('baggingFraction')
    expect(likeliestName('lr', names)).toBe('learningRate')
    expect(likeliestName('n_rounds', names)).toBe('rounds')
  })

  it('finds a name with one letter changed, dropped or doubled', () => {
    const names = Object.keys(resolveModelSpec({ kind: 'lightgbm', params: {} }).params)
    const long = names.filter((name) => name.length > 8)
    fc.assert(
      fc.property(fc.constantFrom(...long), fc.nat(), fc.constantFrom('', 'x', 'aa'), (name, at, put) => {
        const i = at % name.length
        const typed = name.slice(0, i) + put + name.slice(i + 1)
        // lambdaL1 and lambdaL2 differ by the one letter that may be gone.
        expect(
          likeliestName(
            typed,
            long.filter((other) => !other.startsWith('lambda') || other === name),
          ),
        ).toBe(name)
      }),
    )
  })

  it('says what is wrong with a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-'))
    await expect(loadModel(folder, context)).rejects.toMatchObject({ code: 'no-model' })
    writeFileSync(join(folder, 'lab-model.json'), '{"format":9,"kind":"lightgbm"}')
    await expect(loadModel(folder, context)).rejects.toMatchObject({
      code: 'no-model',
      received: expect.stringContaining('format 9') as string,
    })
    rmSync(folder, { recursive: true })
  })
})

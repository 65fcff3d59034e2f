import { describe, expect, it } from 'vitest'
import { kernelSources, sourcesHash } from './kernel-sources.js'
import { KERNELS_SOURCE } from './kernels-binary.js'

describe('compiled kernels', () => {
  it('come from the sources beside them', () => {
    expect(kernelSources().map(({ name }) => name)).toContain('rolling-sum')
    expect(KERNELS_SOURCE, 'run npm run build:kernels').toBe(sourcesHash())
  })
})

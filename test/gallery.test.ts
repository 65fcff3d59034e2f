import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { projectPath } from '../src/core/index.js'
import { galleryDocument } from './fixtures/gallery-document.js'
import { sampleFigures } from './fixtures/sample-figures.js'

it('docs/plots.md shows every plot as it is', () => {
  const figures = sampleFigures()
  expect(readFileSync(projectPath('docs/plots.md'), 'utf8'), 'write it anew: npm run gallery').toBe(galleryDocument(figures))
  for (const { name } of figures) expect(existsSync(projectPath(`docs/images/plots/${name}.png`)), name).toBe(true)
})

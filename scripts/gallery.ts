import { mkdirSync, writeFileSync } from 'node:fs'
import { EXIT, projectPath } from '../src/core/index.js'
import { renderPng } from '../src/report/index.js'
import { galleryDocument } from '../test/fixtures/gallery-document.js'
import { sampleFigures } from '../test/fixtures/sample-figures.js'
import { openDoor } from './door.js'

const USAGE = `npm run gallery     writes docs/plots.md and docs/images/plots: a picture of every plot, from made-up data that are the same each time
`

/** npm run gallery: docs/plots.md and a picture of every plot, from made-up data that are the same each time. */
await openDoor({ name: 'gallery', usage: USAGE, options: {}, allowPositionals: false }, async () => {
  const figures = sampleFigures()
  const folder = projectPath('docs/images/plots')
  mkdirSync(folder, { recursive: true })
  const pictures = await renderPng(figures, { scale: 1, width: 820 })
  for (const [i, { name }] of figures.entries()) writeFileSync(`${folder}/${name}.png`, pictures[i]!)
  writeFileSync(projectPath('docs/plots.md'), galleryDocument(figures))
  process.stdout.write(`docs/plots.md, ${figures.length} pictures\n`)
  return EXIT.ok
})

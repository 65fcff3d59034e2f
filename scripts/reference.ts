import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { EXIT, projectPath } from '../src/core/index.js'
import { writtenDocuments } from './docs/written-documents.js'
import { openDoor } from './door.js'

const USAGE = `npm run reference     writes docs/reference and docs/configuration.md from the comments and the schema in src
`

/** npm run reference: docs/reference/ and docs/configuration.md from the comments and the schema in src. */
await openDoor({ name: 'reference', usage: USAGE, options: {}, allowPositionals: false }, () => {
  const documents = writtenDocuments()
  mkdirSync(projectPath('docs/reference'), { recursive: true })
  for (const name of readdirSync(projectPath('docs/reference')))
    if (!documents.has(`docs/reference/${name}`)) rmSync(projectPath('docs/reference', name))
  for (const [path, text] of documents) writeFileSync(projectPath(path), text)
  process.stdout.write(`${documents.size} documents in docs/reference and docs/configuration.md\n`)
  return Promise.resolve(EXIT.ok)
})

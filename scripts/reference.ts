import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { EXIT, projectPath } from '../src/core/index.js'
import { writtenDocuments } from './docs/written-documents.js'
import { runDoor } from './door.js'

/** npm run reference: docs/reference/ and docs/configuration.md from the comments and the schema in src. */
await runDoor(() => {
  const documents = writtenDocuments()
  mkdirSync(projectPath('docs/reference'), { recursive: true })
  for (const name of readdirSync(projectPath('docs/reference')))
    if (!documents.has(`docs/reference/${name}`)) rmSync(projectPath('docs/reference', name))
  for (const [path, text] of documents) writeFileSync(projectPath(path), text)
  process.stdout.write(`${documents.size} documents in docs/reference and docs/configuration.md\n`)
  return Promise.resolve(EXIT.ok)
})

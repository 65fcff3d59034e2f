'use strict'
// Type errors of the project files that a cell imports. Checking them takes seconds and gives the same for every cell and every start until something
// changes, so a result is kept: in memory for as long as the very same parsed files are in the program, and on disk when there was no error at all.
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { root, cacheFolder } = require('./project.cjs')
const { keep } = require('./keep-file.cjs')

const MAX_KEPT = 200
const folder = path.join(cacheFolder, 'checked')
let checked = new Map()

/** Name of the check of `files`: equal texts, equal packages, equal compiler and equal options have equal results. */
function checkName(version, program, files) {
  const hash = crypto.createHash('sha256')
  const installed = path.join(root, 'node_modules', '.package-lock.json')
  hash.update(
    `${version}\0${JSON.stringify(program.getCompilerOptions())}\0${fs.existsSync(installed) ? fs.readFileSync(installed, 'utf8') : ''}`,
  )
  for (const file of [...files].sort((a, b) => (a.fileName < b.fileName ? -1 : 1))) hash.update(`\0${file.fileName}\0${file.text}`)
  return hash.digest('hex')
}

/** Forgets the oldest checks: every edit of a file leaves one. */
function prune() {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : []
  if (names.length <= MAX_KEPT) return
  const dated = names
    .map((name) => [fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0, name])
    .sort((a, b) => b[0] - a[0])
  for (const [, name] of dated.slice(MAX_KEPT / 2)) fs.rmSync(path.join(folder, name), { force: true })
}

/** Diagnostics of `files` (a cell's imports with all that they import). @param version of TypeScript */
function diagnosticsOfProjectFiles(version, program, files) {
  if (files.some((file) => checked.has(file.fileName) && checked.get(file.fileName).file !== file)) checked = new Map()
  const open = files.filter((file) => !checked.has(file.fileName))
  if (open.length > 0) {
    const kept = path.join(folder, checkName(version, program, files))
    const clean = fs.existsSync(kept)
    for (const file of open)
      checked.set(file.fileName, {
        file,
        found: clean ? [] : [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)],
      })
    if (!clean && files.every((file) => checked.get(file.fileName).found.length === 0)) {
      prune()
      keep(kept, '')
    }
  }
  return files.flatMap((file) => checked.get(file.fileName).found)
}

module.exports = { diagnosticsOfProjectFiles }

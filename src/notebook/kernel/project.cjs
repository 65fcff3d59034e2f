'use strict'
// Where the project is, seen from this folder, and how its paths are written for a person.
const fs = require('node:fs')
const path = require('node:path')

const PROJECT_NAME = 'barlab'

function findRoot(from) {
  for (let folder = fs.realpathSync(from); ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json')
    if (fs.existsSync(file) && JSON.parse(fs.readFileSync(file, 'utf8')).name === PROJECT_NAME) return folder
    if (path.dirname(folder) === folder) throw new Error(`no package.json named "${PROJECT_NAME}" above ${from}`)
  }
}

const root = findRoot(__dirname)

/** True for a file that belongs to the project itself: not outside it, not in an installed package. */
function isProjectFile(file) {
  const relative = path.relative(root, file)
  return !relative.startsWith('..') && !path.isAbsolute(relative) && !/(^|[\\/])node_modules([\\/]|$)/.test(relative)
}

/** Takes the project's folder out of a text: messages and saved notebooks must not tell where the project lies on this machine. */
function withoutRoot(text) {
  return text
    .replaceAll(`file://${root}${path.sep}`, '')
    .replaceAll(root + path.sep, '')
    .replaceAll(root, '.')
}

module.exports = { root, isProjectFile, withoutRoot, cacheFolder: path.join(root, '.cache', 'kernel') }

'use strict'
// Which files the cells read and write, so that a step is reused only while what it read is unchanged. Functions of node:fs are wrapped once, when the kernel starts;
// native libraries open files of their own, but the project looks at a file with node:fs before it hands it to one.
const fs = require('node:fs')
const path = require('node:path')
const { fileURLToPath } = require('node:url')

/** Functions that read the file of their first argument, whatever the others are. */
const READERS = ['readFileSync', 'readFile', 'createReadStream']
/** Functions that tell what a file is like. */
const LOOKERS = ['statSync', 'stat', 'lstatSync', 'lstat', 'accessSync', 'access']
const WRITERS = [
  'writeFileSync',
  'writeFile',
  'appendFileSync',
  'appendFile',
  'createWriteStream',
  'truncateSync',
  'truncate',
  'rmSync',
  'rm',
  'unlinkSync',
  'unlink',
]
/** Functions whose flags (second argument) say what they do. */
const OPENERS = ['openSync', 'open']
/** Functions that write the file of their second argument. */
const MOVERS = ['renameSync', 'rename', 'copyFileSync', 'copyFile', 'linkSync', 'link', 'symlinkSync', 'symlink']
const { statSync } = fs

function pathOf(file) {
  if (typeof file === 'string') return path.resolve(file)
  if (file instanceof URL && file.protocol === 'file:') return fileURLToPath(file)
  return Buffer.isBuffer(file) ? path.resolve(file.toString()) : undefined // a number is a file that is open already
}

function opensForWriting(flags) {
  if (typeof flags === 'number') return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
  return typeof flags === 'string' && flags !== 'r' && flags !== 'rs' && flags !== 'sr'
}

/** Tells one state of a file from another; the same form as in src/notebook/steps/input-files.ts. */
function signature(file) {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? 'absent' : stat.isDirectory() ? 'folder' : `${stat.mtimeMs}:${stat.size}:${stat.ino}`
}

/**
 * @returns `take()`: since the last call, files read with their state at the first reading, and files written; absolute paths. `everRead()`: all that were read, with their
 * first states. `whileLoading(module, load)` calls `load`; what it reads belongs to the module, see `take().byModules`. `asideFrom(work)` is `work`, of the kernel's own, which
 * looks at thousands of files (the compiler) that no cell has asked for
 */
function watchFileUse() {
  let read = new Map()
  let written = new Set()
  const everRead = new Map()
  const byModules = [] // [module, path, state]
  const loading = [] // modules, the innermost last
  let aside = false

  function noteRead(file) {
    const name = pathOf(file)
    if (name === undefined) return
    const module = loading.at(-1)
    if (module === undefined && read.has(name)) return
    let state
    try {
      state = signature(name)
    } catch {
      return // a path that leads through a file: the call itself says so
    }
    if (module === undefined) read.set(name, state)
    else byModules.push([module, name, state])
    if (!everRead.has(name)) everRead.set(name, state)
  }
  function noteWritten(file) {
    const name = pathOf(file)
    if (name !== undefined) written.add(name)
  }
  function wrap(owner, name, before) {
    const original = owner[name]
    if (typeof original !== 'function') return
    owner[name] = Object.assign(function (...args) {
      before(args)
      return Reflect.apply(original, this, args)
    }, original)
  }
  for (const owner of [fs, fs.promises]) {
    for (const name of READERS) wrap(owner, name, ([file]) => noteRead(file))
    for (const name of LOOKERS) wrap(owner, name, ([file]) => aside || noteRead(file))
    for (const name of WRITERS) wrap(owner, name, ([file]) => noteWritten(file))
    for (const name of OPENERS) wrap(owner, name, ([file, flags]) => (opensForWriting(flags) ? noteWritten(file) : noteRead(file)))
    for (const name of MOVERS)
      wrap(owner, name, ([from, to]) => {
        noteRead(from)
        noteWritten(to)
      })
  }
  // Whether a file is there decides too.
  wrap(fs, 'existsSync', ([file]) => noteRead(file))

  return {
    take() {
      const used = { read: [...read], written: [...written], byModules: [...byModules] }
      read = new Map()
      written = new Set()
      return used
    },
    everRead: () => [...everRead],
    asideFrom:
      (work) =>
      (...args) => {
        aside = true
        try {
          return work(...args)
        } finally {
          aside = false
        }
      },
    whileLoading(module, load) {
      loading.push(module)
      try {
        return load()
      } finally {
        loading.pop()
      }
    },
  }
}

module.exports = { watchFileUse }

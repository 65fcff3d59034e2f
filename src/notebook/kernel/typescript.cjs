'use strict'
// The project's TypeScript. It is nine megabytes of JavaScript: compiling it is half of the kernel's start, so V8's compiled form is kept in the cache.
const fs = require('node:fs')
const path = require('node:path')
const Module = require('node:module')
const vm = require('node:vm')
const { root, cacheFolder } = require('./project.cjs')
const { keep } = require('./keep-file.cjs')

const file = Module.createRequire(path.join(root, 'package.json')).resolve('typescript')
const { version } = require(path.join(path.dirname(file), '..', 'package.json'))
const cacheFile = path.join(cacheFolder, `typescript-${version}-node-${process.versions.node}-${process.arch}.v8`)

let script

/** Loads TypeScript as `require` does, with the compiled form of an earlier start. V8 itself refuses one that does not fit. */
function load() {
  const cachedData = fs.existsSync(cacheFile) ? fs.readFileSync(cacheFile) : undefined
  script = new vm.Script(Module.wrap(fs.readFileSync(file, 'utf8')), { filename: file, cachedData })
  const mod = new Module(file, module)
  mod.filename = file
  mod.paths = Module._nodeModulePaths(path.dirname(file))
  Module._cache[file] = mod
  script.runInThisContext()(mod.exports, Module.createRequire(file), mod, file, path.dirname(file))
  mod.loaded = true
  if (cachedData !== undefined && !script.cachedDataRejected) script = undefined
  return mod.exports
}

/** Keeps the compiled form, with the functions that have run by now, when there was none that fits. Takes a moment: call it when nobody waits. */
function keepCompiled() {
  if (script === undefined) return
  keep(cacheFile, script.createCachedData())
  script = undefined
}

module.exports = { typescript: load(), keepCompiled }

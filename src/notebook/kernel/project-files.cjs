'use strict'
// Changes of project files, found by comparing them when a cell starts. Files of packages are taken as fixed while the kernel lives.
const fs = require('node:fs')
const path = require('node:path')
const { isProjectFile } = require('./project.cjs')

const CREATED = 0
const CHANGED = 1
const DELETED = 2 // numbers of ts.FileWatcherEventKind
const SKIPPED_FOLDERS = /^(\..*|node_modules|runs|datasets)$/

function signature(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  return stat && `${stat.mtimeMs}:${stat.size}:${stat.ino}`
}

function listFiles(folder, recursive, into) {
  let entries
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true })
  } catch {
    return into // a folder that is not there yet: its appearing is what the compiler waits for
  }
  for (const entry of entries) {
    if (entry.isDirectory()) {
      if (recursive && !SKIPPED_FOLDERS.test(entry.name)) listFiles(path.join(folder, entry.name), true, into)
    } else if (/\.(ts|tsx|js|cjs|mjs|json)$/.test(entry.name)) into.add(path.join(folder, entry.name))
  }
  return into
}

/** @param onChange called once by {@link poll} when any watched file has changed, before the compiler is told */
function createProjectFiles(onChange) {
  const files = new Map() // path -> { seen, callbacks }
  const folders = new Set() // { folder, recursive, callback, names }
  const ignored = { close: () => {} }

  function watchFile(file, callback) {
    if (!isProjectFile(file)) return ignored
    let entry = files.get(file)
    if (!entry) files.set(file, (entry = { seen: signature(file), callbacks: new Set() }))
    entry.callbacks.add(callback)
    return {
      close() {
        entry.callbacks.delete(callback)
        if (entry.callbacks.size === 0 && files.get(file) === entry) files.delete(file)
      },
    }
  }

  function watchDirectory(folder, callback, recursive) {
    if (!isProjectFile(folder)) return ignored
    const entry = { folder, recursive, callback, names: listFiles(folder, recursive, new Set()) }
    folders.add(entry)
    return { close: () => void folders.delete(entry) }
  }

  function poll() {
    const changed = []
    for (const [file, entry] of files) {
      const now = signature(file)
      if (now === entry.seen) continue
      const kind = now === undefined ? DELETED : entry.seen === undefined ? CREATED : CHANGED
      entry.seen = now
      changed.push([file, entry, kind])
    }
    if (changed.length > 0) onChange(changed.map(([file]) => file))
    for (const [file, entry, kind] of changed) for (const callback of [...entry.callbacks]) callback(file, kind)
    for (const entry of [...folders]) {
      const names = listFiles(entry.folder, entry.recursive, new Set())
      const appeared = [...names].filter((name) => !entry.names.has(name))
      const gone = [...entry.names].filter((name) => !names.has(name))
      entry.names = names
      for (const name of [...appeared, ...gone]) entry.callback(name)
    }
  }

  return { watchFile, watchDirectory, poll }
}

/** Timers of the compiler, run when the next cell is compiled. */
function createTimers() {
  const waiting = new Map()
  return {
    set(callback) {
      const key = {}
      waiting.set(key, callback)
      return key
    },
    clear: (key) => void waiting.delete(key),
    run() {
      for (const [key, callback] of waiting) {
        waiting.delete(key)
        callback()
      }
    },
  }
}

module.exports = { createProjectFiles, createTimers }

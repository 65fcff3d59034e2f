'use strict'
// What the batch runner asks of the kernel between cells, so that a finished step need not run again: hashes and files of variables, and which files the cells used.
const path = require('node:path')
const { root } = require('./project.cjs')

/** @returns by name what protocol.ts calls an action; each takes its input and gives its value */
function createSteps({ kernel, executor, modules, fileUse }) {
  const side = () => modules.load(path.join(root, 'src', 'notebook', 'steps', 'kernel-side.ts'))
  const held = new Map() // step -> its values by name, whatever the names mean later
  return {
    digest: (input) =>
      side().digestNames(input.heldBy === undefined ? executor.variables : held.get(input.heldBy), input, modules.findExport),
    hold: ({ step, names }) => void held.set(step, Object.fromEntries(names.map((name) => [name, executor.variables[name]]))),
    keep: (input) => side().storeVariables(executor.variables, input),
    adopt: ({ source, importText, file, runFolder }) => kernel.adopt({ source, importText, values: side().readVariables(file, runFolder) }),
    use: () => ({ ...fileUse.take(), sections: takeSections(), ...surroundings(), texts: modules.loadedTexts() }),
    filesRead: () => fileUse.everRead(),
  }
}

function takeSections() {
  const sections = [...globalThis.__labSections]
  globalThis.__labSections.clear()
  return sections
}

/** What cells share beside their variables, as far as it can be told: the environment and the names of global values. */
function surroundings() {
  return {
    environment: { ...process.env },
    globals: Object.getOwnPropertyNames(globalThis).filter((name) => !name.startsWith('__lab')),
  }
}

module.exports = { createSteps }

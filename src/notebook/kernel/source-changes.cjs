'use strict'
// What becomes of a notebook when files that its cells have imported change. In a notebook that somebody sits in, the names that cells imported are bound to the new code
// and the next cell says so: types follow the files anyway, and values must not lag behind their types. A headless run keeps the code that it began with.
const path = require('node:path')
const { root, withoutRoot } = require('./project.cjs')

const SHOWN_NAMES = 6

/** @param rebind whether imported names follow the files */
function createSourceChanges({ typescript, modules, rebind, requireForCells }) {
  const imports = new Map() // name in the notebook -> { specifier, imported, value }
  let pending // { files, names, lost, error } that the next cell tells

  /** Remembers what a cell that has run imported from the project. */
  function ran(source, variables) {
    if (!/\bimport\b/.test(source)) return
    for (const { local, specifier, imported } of projectImports(typescript, source))
      if (local in variables) imports.set(local, { specifier, imported, value: variables[local] })
  }

  /** @param files that differ from what they were, absolute */
  function changed(files, variables) {
    const { loaded, others } = modules.differing(files)
    if (loaded.length + others.length === 0) return
    modules.reset()
    const bound = rebind ? bindAgain(variables) : NOTHING
    if (loaded.length > 0) pending = { files: loaded.map((file) => path.relative(root, file)), ...bound }
  }

  function bindAgain(variables) {
    for (const [local, { value }] of imports) if (variables[local] !== value) imports.delete(local) // a later cell has declared the name again
    try {
      const fresh = [...imports].map(([local, entry]) => ({
        local,
        entry,
        value: exportOf(requireForCells(entry.specifier), entry.imported),
      }))
      const found = fresh.filter(({ value }) => value !== undefined)
      for (const { local, entry, value } of found) variables[local] = entry.value = value
      return {
        ...NOTHING,
        names: found.map(({ local }) => local),
        lost: fresh.filter((one) => !found.includes(one)).map(({ local }) => local),
      }
    } catch (error) {
      return { ...NOTHING, error } // none is bound then: half of the names in the new code would be worse than all in the old
    }
  }

  /** Tells once, in front of what the next cell shows. */
  function tell(emit) {
    if (pending === undefined) return
    const sentences = describe(pending, rebind)
    pending = undefined
    const html = sentences.map((sentence) => `<div>${escapeHtml(sentence)}</div>`).join('')
    emit('display_data', {
      data: {
        'text/html': `<div style="border-left:4px solid #d98e04;padding:2px 10px">${html}</div>`,
        'text/plain': sentences.join('\n'),
      },
      metadata: {},
      transient: {},
    })
  }

  return { ran, changed, tell }
}

const exportOf = (module, name) => (name === '*' ? module : module[name])

const NOTHING = { names: [], lost: [], error: undefined }

function describe({ files, names, lost, error }, rebind) {
  const changed = `${list(files)} changed`
  if (!rebind) return [`${changed} while this notebook runs: cells that have imported before keep the code they began with.`]
  if (error !== undefined)
    return [
      `${changed}, and cannot be loaded: ${withoutRoot(String(error.message))}`,
      'The notebook goes on with the code from before. Mend the file: the next cell loads it again.',
    ]
  return [
    `${changed}: loaded again with all that imports it.${names.length === 0 ? '' : ` ${list(names)} now ${names.length === 1 ? 'means' : 'mean'} the new code.`}`,
    ...(lost.length === 0 ? [] : [`No longer exported, so the old code stays in use: ${list(lost)}.`]),
    'Values made before still belong to the old code: run the cells again that made them, or restart the kernel (0, 0) and run all.',
  ]
}

const list = (names) =>
  names.length <= SHOWN_NAMES ? names.join(', ') : `${names.slice(0, SHOWN_NAMES).join(', ')} and ${names.length - SHOWN_NAMES} more`

const escapeHtml = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** Names that a cell imports from files of the project, types aside. */
function projectImports(ts, source) {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022)
  return file.statements.filter(ts.isImportDeclaration).flatMap(({ importClause: clause, moduleSpecifier: { text: specifier } }) => {
    if (!specifier.startsWith('.') || clause === undefined || clause.isTypeOnly) return []
    const found = clause.name ? [{ local: clause.name.text, imported: 'default' }] : []
    const bindings = clause.namedBindings
    if (bindings && ts.isNamespaceImport(bindings)) found.push({ local: bindings.name.text, imported: '*' })
    if (bindings && ts.isNamedImports(bindings))
      for (const { name, propertyName, isTypeOnly } of bindings.elements)
        if (!isTypeOnly) found.push({ local: name.text, imported: (propertyName ?? name).text })
    return found.map((one) => ({ ...one, specifier }))
  })
}

module.exports = { createSourceChanges }

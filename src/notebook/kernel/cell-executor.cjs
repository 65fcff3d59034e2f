'use strict'
// Runs one cell: compiles it against the cells before it, runs it, waits for it, and gives the value of its last expression.
const vm = require('node:vm')
const { CELL_FILE } = require('./cell-code.cjs')
const { interruptedContent, typeErrorContent } = require('./error-content.cjs')

/** How long an interrupted cell may take to stop by itself: a training ends its batch, child processes save and end. */
const INTERRUPT_GRACE_MS = 10_000
/** A signal and a message (protocol.ts), or the signals of a terminal, within this time are one request to stop. */
const ONE_REQUEST_MS = 500

function createCellExecutor({ converter, cellCode, requireForCells, errorContent }) {
  // The names of all cells. A plain object, since hot loops at cell level write to it.
  const exports = {}
  Object.defineProperty(globalThis, '__barlabCell', { value: [exports, requireForCells] })
  let declarations = ''
  let askedAt = 0
  let abandon // set while a cell is awaited: ends the waiting

  /** @returns `{ value }` with the last expression (undefined: nothing to show) or `{ error }` with the content of a Jupyter error */
  async function run(cell, source) {
    const converted = converter.convert(declarations, source)
    if (converted.diagnostics.length > 0) return { error: typeErrorContent(converted.diagnostics, cell, source) }
    if (converted.output) {
      const interrupt = (globalThis.__labInterrupt = new AbortController())
      let thrown
      try {
        const promise = start(cell, converted)
        if (converted.hasToplevelAwait) await untilAbandoned(promise)
      } catch (error) {
        if (!interrupt.signal.aborted) return { error: errorContent(error) }
        if (error === ABANDONED) return { error: interruptedContent(false) }
        thrown = error
      }
      if (interrupt.signal.aborted) return { error: interruptedContent(true, thrown) }
    }
    declarations = converted.declOutput ?? ''
    return { value: takeLast(converted.lastExpressionVar) }
  }

  /** The whole cell runs inside one call of the vm: only there does SIGINT stop a loop that never returns to the event loop. */
  function start(cell, { output, hasToplevelAwait }) {
    const head = hasToplevelAwait ? '(async function(exports, require) { ' : '(function(exports, require) { '
    const code = `${head}${cellCode.toFunctionBody(cell, output)}\n}).apply(undefined, __barlabCell)`
    return vm.runInThisContext(code, { filename: `${CELL_FILE}${cell}`, columnOffset: -head.length, breakOnSigint: true })
  }

  async function untilAbandoned(promise) {
    const abandoned = new Promise((_, reject) => (abandon = () => reject(ABANDONED)))
    try {
      await Promise.race([promise, abandoned])
    } finally {
      abandon = undefined
    }
  }

  /** Takes a cell as run that is not: its imports run, its names get the given values, later cells see its types. @returns as {@link run} */
  async function adopt(cell, source, importText, values) {
    if (importText !== '') {
      const imported = await run(cell, importText)
      if (imported.error) return imported
    }
    const converted = converter.convert(declarations, source)
    if (converted.diagnostics.length > 0) return { error: typeErrorContent(converted.diagnostics, cell, source) }
    Object.assign(exports, values)
    declarations = converted.declOutput ?? ''
    return { value: undefined }
  }

  function takeLast(name) {
    if (name === undefined) return undefined
    const value = exports[name]
    exports[name] = undefined // not deleted: that would make the object slow for every later cell
    return value
  }

  /** Asks the awaited cell to stop; a second time, or after the grace, the kernel does not wait for it any longer. A loop that does not await was stopped by the vm. */
  function interrupt() {
    if (!abandon) return
    if (globalThis.__labInterrupt.signal.aborted) {
      if (performance.now() - askedAt > ONE_REQUEST_MS) abandon()
      return
    }
    askedAt = performance.now()
    globalThis.__labInterrupt.abort()
    const waiting = abandon
    setTimeout(() => waiting(), INTERRUPT_GRACE_MS).unref()
  }

  return {
    run,
    adopt,
    variables: exports,
    interrupt,
    inspect: (source, position) => converter.inspect(declarations, source, position),
    complete: (source, position) => converter.complete(declarations, source, position),
    close: () => converter.close(),
  }
}

const ABANDONED = new Error('abandoned')

module.exports = { createCellExecutor }

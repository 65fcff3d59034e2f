'use strict'
// The kernel as such: one cell at a time, in the order of arrival, each with a reply; whatever carries the messages.
const util = require('node:util')

const DISPLAY = Symbol.for('Jupyter.display')

/** Most values are none: what shows them is loaded (a second) when the first one comes. */
const mayBeColumns = (value) => ArrayBuffer.isView(value) || typeof value?.columnNames === 'function' || Array.isArray(value?.shape)

async function bundleOf(value, showForeign) {
  const own = value?.[DISPLAY]
  if (typeof own === 'function') return await own.call(value)
  const foreign = mayBeColumns(value) ? await showForeign(value) : undefined
  if (foreign !== undefined) return foreign
  return { 'text/plain': typeof value === 'string' ? value : util.inspect(value, { maxArrayLength: 60, depth: 3 }) }
}

/**
 * @param showForeign the bundle of a value that has no display of its own, undefined where nothing better is known than its text
 * @param drainMs how long requests that a frontend has queued may take to be read, after a cell has failed
 */
function createKernel({ executor, outputs, files, changes, errorContent, showForeign, drainMs }) {
  let count = 0
  let last = Promise.resolve()
  let generation = 0

  async function runCell(code, emit) {
    const execution_count = ++count
    outputs.route(emit)
    let result
    try {
      files.poll()
      changes.tell(emit)
      result = await executor.run(execution_count, code)
      if (result.value !== undefined)
        emit('execute_result', { execution_count, data: await bundleOf(result.value, showForeign), metadata: {} })
    } catch (error) {
      result = { error: errorContent(error) } // the compiler itself, or a value whose display throws
    }
    changes.ran(code, executor.variables)
    if (!result.error) return { status: 'ok', execution_count, payload: [], user_expressions: {} }
    emit('error', result.error)
    return { status: 'error', execution_count, ...result.error }
  }

  /** Runs a cell after those that came before. When one fails, those that are already waiting are aborted, unless `stopOnError` is false. */
  function execute(code, emit, { stopOnError = true, onStart = () => {} } = {}) {
    const mine = generation
    const turn = last.then(async () => {
      if (mine !== generation) return { status: 'aborted' }
      onStart(count + 1)
      const reply = await runCell(code, emit)
      if (reply.status === 'error' && stopOnError) {
        await new Promise((resolve) => setTimeout(resolve, drainMs))
        generation++
      }
      return reply
    })
    last = turn.catch(() => {})
    return turn
  }

  /** A cell whose values were kept by an earlier run, instead of running it. It counts as one. */
  async function adopt({ source, importText, values }) {
    const execution_count = ++count
    const { error } = await executor.adopt(execution_count, source, importText, values)
    return error ? { status: 'error', execution_count, ...error } : { status: 'ok', execution_count }
  }

  return { execute, adopt, interrupt: () => executor.interrupt() }
}

module.exports = { createKernel }

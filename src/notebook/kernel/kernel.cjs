'use strict'
// The kernel as such: one cell at a time, in the order of arrival, each with a reply; whatever carries the messages.
const util = require('node:util')

const DISPLAY = Symbol.for('Jupyter.display')

async function bundleOf(value) {
  const own = value?.[DISPLAY]
  if (typeof own === 'function') return await own.call(value)
  return { 'text/plain': typeof value === 'string' ? value : util.inspect(value, { maxArrayLength: 60, depth: 3 }) }
}

/** @param drainMs how long requests that a frontend has queued may take to be read, after a cell has failed */
function createKernel({ executor, outputs, files, errorContent, drainMs }) {
  let count = 0
  let last = Promise.resolve()
  let generation = 0

  async function runCell(code, emit) {
    const execution_count = ++count
    outputs.route(emit)
    let result
    try {
      files.poll()
      result = await executor.run(execution_count, code)
      if (result.value !== undefined) emit('execute_result', { execution_count, data: await bundleOf(result.value), metadata: {} })
    } catch (error) {
      result = { error: errorContent(error) } // the compiler itself, or a value whose display throws
    }
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

  return { execute, interrupt: () => executor.interrupt() }
}

module.exports = { createKernel }

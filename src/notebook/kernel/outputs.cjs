'use strict'
// What cells print and display goes to the cell that is running, or to the last one that ran, as in other Jupyter kernels.
const { StringDecoder } = require('node:string_decoder')

/** @returns `route(emit)`: sends everything that is shown from now on to `emit(type, content)` */
function captureOutputs(jupyter) {
  const raw = process.stderr.write.bind(process.stderr)
  let emit
  const show = (type, content) => (emit ? emit(type, content) : raw(`${JSON.stringify(content)}\n`))

  for (const name of ['stdout', 'stderr']) {
    const decoder = new StringDecoder('utf8')
    process[name].write = (chunk, encoding, callback) => {
      const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      if (text !== '') show('stream', { name, text })
      const done = typeof encoding === 'function' ? encoding : callback
      if (done) process.nextTick(done)
      return true
    }
  }
  const display = (content, update) => show(update ? 'update_display_data' : 'display_data', content)
  // The two ways to display: src/core/display.ts, with whole MIME bundles, and tslab's own module.
  globalThis.__labDisplay = (data, { metadata = {}, id, update = false } = {}) =>
    display({ data, metadata, transient: id === undefined ? {} : { display_id: id } }, update)
  jupyter.lastWriteDisplayData = display

  return { route: (next) => void (emit = next) }
}

module.exports = { captureOutputs }

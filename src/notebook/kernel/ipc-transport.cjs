'use strict'
// Carries cells over the channel of child_process.fork. The messages are described in protocol.ts; kernel-client.ts is the other side.

function serveIpc({ kernel, steps, errorContent, close }) {
  const end = () => {
    close()
    process.exit(0)
  }
  let running
  async function execute({ id, code }) {
    const emit = (type, content) => process.send({ type, id, content })
    const reply = await kernel.execute(code, emit, { onStart: () => (running = id) })
    if (running === id) running = undefined
    const { payload: _payload, user_expressions: _expressions, ...content } = reply
    process.send({ type: 'reply', id, content })
  }
  /** Requests about the values of cells, see steps.cjs: one answer each, never while a cell runs. */
  async function ask({ id, action, input }) {
    let content
    try {
      content = { value: await steps[action](input) }
    } catch (error) {
      content = { error: errorContent(error) }
    }
    process.send({ type: 'answer', id, content })
  }
  process.on('message', (message) => {
    if (message.type === 'shutdown') end()
    else if (message.type === 'execute') void execute(message)
    else if (message.type === 'ask') void ask(message)
    else if (message.type === 'interrupt' && message.id === running) kernel.interrupt()
  })
  process.on('disconnect', end)
  process.send({ type: 'ready' })
  return { lateError: (content) => process.send({ type: 'late-error', content }) }
}

/** Tells the parent why there is no kernel, and ends. */
function refuseIpc(content) {
  process.send({ type: 'failed', content }, () => process.exit(1))
}

module.exports = { serveIpc, refuseIpc }

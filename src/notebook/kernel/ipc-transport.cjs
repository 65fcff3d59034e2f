'use strict'
// Carries cells over the channel of child_process.fork. The messages are described in protocol.ts; kernel-client.ts is the other side.

function serveIpc(kernel, close) {
  const end = () => {
    close()
    process.exit(0)
  }
  process.on('message', (message) => {
    if (message.type === 'shutdown') end()
    else if (message.type === 'execute') {
      const { id, code } = message
      const emit = (type, content) => process.send({ type, id, content })
      void kernel
        .execute(code, emit)
        .then(({ payload: _payload, user_expressions: _expressions, ...content }) => process.send({ type: 'reply', id, content }))
    }
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

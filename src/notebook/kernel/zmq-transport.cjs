'use strict'
// Carries cells over Jupyter's sockets: tslab's server, with executions going through our kernel.

function serveZmq({ jupyter, handler, connectionFile, typescriptVersion, execute }) {
  const { ZmqServer, JupyterHandlerImpl } = jupyter
  const kernelInfo = JupyterHandlerImpl.prototype.handleKernel
  JupyterHandlerImpl.prototype.handleKernel = function () {
    const info = kernelInfo.call(this)
    return {
      ...info,
      status: 'ok',
      banner: `TypeScript ${typescriptVersion} (Barlab)`,
      language_info: { ...info.language_info, version: typescriptVersion },
    }
  }
  ZmqServer.prototype.handleExecute = async function (socket, request) {
    const { key } = this.connInfo
    const emit = (type, content) => {
      const message = request.createReply()
      message.header.msg_type = type
      message.content = content
      message.signAndSend(key, this.iopub)
    }
    const { code, stop_on_error: stopOnError = true } = request.content
    const content = await execute(code, emit, {
      stopOnError,
      onStart: (execution_count) => emit('execute_input', { code, execution_count }),
    })
    const reply = request.createReply()
    reply.header.msg_type = 'execute_reply'
    reply.content = content
    reply.signAndSend(key, socket)
  }
  return new ZmqServer(handler, connectionFile).init()
}

module.exports = { serveZmq }

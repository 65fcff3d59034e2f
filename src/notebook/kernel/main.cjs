'use strict'
// The notebook kernel: tslab (one exact version, patched while it is loaded) with the project's TypeScript, errors, displays and interrupts.
//   node main.cjs --config-path <connection file>   started by Jupyter, see jupyter/kernels/barlab/kernel.json
//   node main.cjs --ipc                             started by kernel-client.ts, see protocol.ts
const path = require('node:path')
const { root, isProjectFile } = require('./project.cjs')

const ipc = process.argv.includes('--ipc')
const connectionFile = process.argv[process.argv.indexOf('--config-path') + 1]

/** A kernel that cannot work says why wherever the user is looking: in the notebook or in the program that started it. */
class Refusal extends Error {
  constructor(code, message, fields) {
    super(message)
    Object.assign(this, { name: 'LabError', code, ...fields })
  }
}

function checkFolder(folder) {
  if (folder === root || isProjectFile(folder)) return
  throw new Refusal('notebook-outside-project', 'The notebook lies outside the project, so it cannot import its src/.', {
    received: folder,
    expected: 'a folder inside the project',
    help: 'move the notebook into notebooks/ of the project',
  })
}

function start() {
  process.setSourceMapsEnabled(true)
  // First: what is loaded from here on takes the watched functions.
  const fileUse = ipc ? require('./file-use.cjs').watchFileUse() : undefined
  // Run.record notes its sections here (src/core/step-notes.ts).
  if (ipc) globalThis.__labSections = new Set()
  const { typescript, keepCompiled } = require('./typescript.cjs')
  const { loadTslab } = require('./tslab-patches.cjs')
  const { createProjectFiles, createTimers } = require('./project-files.cjs')
  const { createProjectModules } = require('./project-modules.cjs')
  const { createCellCode } = require('./cell-code.cjs')
  const { createSourceChanges } = require('./source-changes.cjs')
  const { createErrorContent } = require('./error-content.cjs')
  const { createCellExecutor } = require('./cell-executor.cjs')
  const { captureOutputs } = require('./outputs.cjs')
  const { createKernel } = require('./kernel.cjs')

  let changes
  const files = createProjectFiles((changed) => changes.changed(changed, executor.variables))
  const asideFrom = fileUse?.asideFrom ?? ((work) => work)
  const { options, errors } = typescript.convertCompilerOptionsFromJson(require('./compiler-options.json'), root)
  if (errors.length > 0) throw new Error(typescript.flattenDiagnosticMessageText(errors[0].messageText, '\n'))
  const { createConverter, jupyter, publicFile } = loadTslab({
    root,
    isProjectFile,
    files,
    timers: createTimers(),
    notebookFolder: path.relative(root, process.cwd()),
    documentation: !ipc,
    compilerOptions: () => ({ ...options, inlineSourceMap: true }),
  })
  const modules = createProjectModules({ typescript, publicFile, ...(fileUse && { whileLoading: fileUse.whileLoading }) })
  const requireForCells = modules.cellRequire(process.cwd())
  const cellCode = createCellCode(typescript)
  const { formatError } = modules.load(path.join(root, 'src', 'core', 'errors.ts'))
  const errorContent = createErrorContent({ originalLine: cellCode.originalLine, formatError })
  const converter = createConverter({ isJS: false, isBrowser: false })
  const executor = createCellExecutor({
    converter: { ...converter, convert: asideFrom(converter.convert) },
    cellCode,
    requireForCells,
    errorContent,
  })
  changes = createSourceChanges({ typescript, modules, rebind: !ipc, requireForCells })
  const close = () => {
    executor.close()
    keepCompiled() // nobody waits any longer
  }
  const outputs = captureOutputs(jupyter)
  const kernel = createKernel({
    executor,
    outputs,
    files: { poll: asideFrom(() => files.poll()) },
    changes,
    errorContent,
    showForeign: (value) => modules.load(path.join(root, 'src', 'notebook', 'foreign-values.ts')).showForeign(value),
    drainMs: ipc ? 20 : 200,
  })
  process.on('SIGINT', () => kernel.interrupt())
  const steps = require('./steps.cjs').createSteps({ kernel, executor, modules, fileUse })
  return { kernel, executor: { ...executor, close }, steps, jupyter, typescript, errorContent }
}

function serve({ kernel, executor, steps, jupyter, typescript, errorContent }) {
  let lateError = () => {}
  if (ipc) ({ lateError } = require('./ipc-transport.cjs').serveIpc({ kernel, steps, errorContent, close: executor.close }))
  else {
    const handler = new jupyter.JupyterHandlerImpl(executor, false)
    require('./zmq-transport.cjs').serveZmq({
      jupyter,
      handler,
      connectionFile,
      typescriptVersion: typescript.version,
      execute: kernel.execute,
    })
  }
  // Something threw that no cell is waiting for. The kernel lives on, but nobody may take the notebook for a success.
  const report = (thrown) => {
    const content = errorContent(thrown)
    process.stderr.write(`Outside of a cell: ${content.traceback.join('\n')}\n`)
    lateError(content)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}

function refuse(error) {
  const { code, received, expected, help } = error
  const text = [
    error.message,
    received && `  received: ${received}`,
    expected && `  expected: ${expected}`,
    help && `  next:     ${help}`,
  ].filter(Boolean)
  const content = {
    ename: error.name,
    evalue: error.message,
    traceback: text,
    ...(error.name === 'LabError' && { lab: { code, received, expected, help } }),
  }
  process.stderr.write(`${text.join('\n')}\n`)
  if (ipc) require('./ipc-transport.cjs').refuseIpc(content)
  else process.exitCode = 1
}

try {
  checkFolder(process.cwd())
  serve(start())
} catch (error) {
  refuse(error)
}

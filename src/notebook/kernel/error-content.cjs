'use strict'
// Errors as a notebook shows them: Jupyter's `error` content with lines of the TypeScript that the user wrote.
const util = require('node:util')
const path = require('node:path')
const { root, withoutRoot } = require('./project.cjs')
const { CELL_FILE } = require('./cell-code.cjs')

const FRAME = /^\s+at /
const CELL_PLACE = new RegExp(`${CELL_FILE}(\\d+):(\\d+):(\\d+)`)
const MAX_FRAMES = 30
const MAX_MESSAGE = 20_000
/** The kernel's own frames and Node's tell a notebook's author nothing. */
const FOREIGN = [
  /\bnode:/,
  /^\s+at new Promise \(<anonymous>\)/,
  new RegExp(`${path.join(root, 'node_modules', 'tslab')}/`),
  new RegExp(`${__dirname}/[\\w-]+\\.cjs`),
]

const shorten = (text) => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)} ... (${text.length} characters)` : text)

function createErrorContent({ originalLine, formatError }) {
  function frame(line) {
    const place = CELL_PLACE.exec(line)
    if (!place) return withoutRoot(line)
    const [whole, cell, at, column] = place
    const written = originalLine(Number(cell), Number(at), Number(column))
    if (written === null) return undefined
    // The outermost function of a cell is the kernel's wrapper and has no name for the user.
    const text = line.replace(whole, `cell ${cell}${written === undefined ? '' : `, line ${written}`}`)
    return text.replace(/at (?:async )?(?:Object\.|eval |exports\.)?<anonymous> \((cell .*)\)/, 'at $1')
  }

  /** Frames of an error's stack that belong to the user's code and its packages. */
  function frames(error) {
    const lines = String(error.stack ?? '')
      .split('\n')
      .filter((line) => FRAME.test(line))
    const own = lines.filter((line) => !FOREIGN.some((pattern) => pattern.test(line))).slice(0, MAX_FRAMES)
    return own.map(frame).filter((line) => line !== undefined)
  }

  function lines(error, depth = 0) {
    if (error.name === 'LabError') return [...withoutRoot(formatError(error)).split('\n'), ...frames(error)]
    const own = [...shorten(withoutRoot(`${error.name}: ${error.message}`)).split('\n'), ...frames(error)]
    if (error.cause instanceof Error && depth < 3) own.push('caused by:', ...lines(error.cause, depth + 1))
    return own
  }

  return function errorContent(thrown) {
    // Errors of another realm (a vm context, a reloaded module) are errors too.
    if (!util.types.isNativeError(thrown)) {
      const text = shorten(withoutRoot(typeof thrown === 'string' ? thrown : util.inspect(thrown, { depth: 3 })))
      return { ename: 'Thrown', evalue: text, traceback: [`A value that is no Error was thrown: ${text}`] }
    }
    if (thrown.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') return interruptedContent(true)
    const content = { ename: String(thrown.name), evalue: shorten(withoutRoot(String(thrown.message))), traceback: lines(thrown) }
    if (thrown.name !== 'LabError') return content
    const { code, received, expected, help, exitCode } = thrown
    return { ...content, lab: { code, received, expected, help, exitCode } }
  }
}

/**
 * @param stopped false when the cell's work was still going on when the kernel stopped waiting for it
 * @param thrown what the work ended with: a training says what it was at
 */
function interruptedContent(stopped, thrown) {
  const evalue = stopped
    ? 'The cell was interrupted.'
    : 'The cell was interrupted; what it was waiting for has not stopped and may go on in the background.'
  const kept =
    thrown?.name === 'LabError' && thrown.code === 'interrupted'
      ? [
          ...(thrown.received ? [`  stopped:  ${withoutRoot(thrown.received)}`] : []),
          '  next:     run the cell again: what was finished is kept. After a restart of the kernel, run all cells from the top.',
        ]
      : []
  return { ename: 'KeyboardInterrupt', evalue, traceback: [evalue, ...kept] }
}

/** Type errors as one error: a line for each, with the source line below it. @param diagnostics tslab's, @param source the cell */
function typeErrorContent(diagnostics, cell, source) {
  const cellLines = source.split('\n')
  const messages = diagnostics.map(({ fileName, start, messageText }) => {
    const at =
      fileName === undefined
        ? `cell ${cell}, line ${start.line + 1}, column ${start.character + 1}`
        : `${fileName}:${start.line + 1}:${start.character + 1}`
    return {
      text: withoutRoot(`${at}: ${messageText}`),
      line: fileName === undefined ? cellLines[start.line] : undefined,
      column: start.character,
    }
  })
  const traceback = messages.flatMap(({ text, line, column }) => [
    ...text.split('\n'),
    ...(line === undefined ? [] : [`    ${line}`, `    ${' '.repeat(column)}^`]),
  ])
  return {
    ename: 'TypeScriptError',
    evalue: messages.map(({ text }) => text).join('\n'),
    traceback: ['TypeScriptError: the cell was not run', ...traceback],
  }
}

module.exports = { createErrorContent, interruptedContent, typeErrorContent }

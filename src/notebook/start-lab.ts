import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { EXIT, LabError, projectPath, writeJsonAtomicSync } from '../core/index.js'
import { labCommand } from './lab-command.js'
import { warmKernel } from './warm-kernel.js'

/** How long JupyterLab and its kernels may take to end when they are asked to. */
const END_MS = 10_000

/**
 * Runs JupyterLab until it ends. SIGINT and SIGTERM end it and its kernels without the question that Jupyter asks on a terminal.
 * @returns the exit code for a door: ok when it was asked to end or ended by itself in order.
 * @throws LabError `jupyter-missing`, `jupyter-failed`
 */
export async function startLab(args: readonly string[]): Promise<number> {
  const command = labCommand(args)
  keepPythonFilesCommonJs()
  // A group of its own: Ctrl-C in the terminal would otherwise reach Jupyter and every kernel as well, in any order.
  const child = spawn(command.file, command.args, { cwd: command.cwd, env: command.env, stdio: 'inherit', detached: true })
  const stop = new AbortController()
  const warm = warmKernel(stop.signal)
  let asked = false
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    child.kill('SIGTERM')
    stop.abort()
    if (!asked) timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
    asked = true
  }
  process.on('SIGINT', end).on('SIGTERM', end)
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject))
    if (asked || code === 0) return EXIT.ok
    throw new LabError('jupyter-failed', 'JupyterLab ended with an error; its own message is above.', {
      received: `exit code ${code ?? 'none'}`,
      help: 'npm run doctor',
    })
  } finally {
    clearTimeout(timer)
    stop.abort()
    await warm
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}

/** JupyterLab runs a CommonJS .js file of its own with Node; below a package of type "module" that fails with a screenful of noise. */
function keepPythonFilesCommonJs(): void {
  const file = projectPath('.venv', 'package.json')
  if (!existsSync(file)) writeJsonAtomicSync(file, { type: 'commonjs' })
}

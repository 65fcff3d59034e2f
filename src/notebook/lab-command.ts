import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { LabError, projectPath } from '../core/index.js'
import { venvFolder } from '../native/installed.js'

/** Name of the kernel in notebook metadata: the folder of its kernelspec. */
export const KERNEL_NAME = 'barlab'

/** Folder that Jupyter searches for kernels, as an entry of JUPYTER_PATH. */
export const jupyterFolder = (): string => projectPath('src', 'notebook', 'kernel', 'jupyter')

/**
 * `env` with the project's kernel and launcher in front of JUPYTER_PATH, for any Jupyter program (`jupyter lab`, nbclient, VS Code), and with the project's defaults
 * of JupyterLab's settings behind the user's own.
 */
export function jupyterEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const folder = jupyterFolder()
  const after = (own: string, others = ''): string => (others === '' ? own : `${own}${delimiter}${others}`)
  return {
    ...env,
    JUPYTER_PATH: after(folder, env.JUPYTER_PATH),
    JUPYTER_CONFIG_PATH: after(join(folder, 'config'), env.JUPYTER_CONFIG_PATH),
  }
}

export interface LabCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * How JupyterLab is started: from the project's own environment, with the project as its folder and the TypeScript kernel on offer.
 * @param args further arguments for `jupyter lab`, such as `['--no-browser', '--port', '8889']`
 * @throws LabError `jupyter-missing` where set-up has not installed JupyterLab.
 */
export function labCommand(args: readonly string[]): LabCommand {
  const file = join(venvFolder(), 'bin', 'jupyter-lab')
  if (!existsSync(file))
    throw new LabError('jupyter-missing', 'JupyterLab is not installed.', {
      received: file,
      expected: "the project's Python environment with JupyterLab in it",
      help: 'npm run setup',
    })
  // No news, no search for updates, no extension manager: JupyterLab then asks nothing of the network.
  const quiet = [
    '--LabApp.news_url=None',
    '--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate',
    '--LabApp.extension_manager=readonly',
  ]
  // Containers run as root, which Jupyter refuses unless it is told.
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : []
  return { file, args: [`--ServerApp.root_dir=${projectPath()}`, ...quiet, ...asRoot, ...args], cwd: projectPath(), env: jupyterEnv() }
}

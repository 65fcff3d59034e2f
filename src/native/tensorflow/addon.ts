import { createRequire } from 'node:module'
import { projectPath } from '../../core/index.js'
import type { Tfjs } from './backend.js'

const projectRequire = (): NodeJS.Require => createRequire(projectPath('package.json'))

/**
 * The `@tensorflow/tfjs` of the project, by Node's own module cache: notebook cells, danfojs and `src/` share it, whatever module system loaded them.
 */
export function requireTfjs(): Tfjs {
  return projectRequire()('@tensorflow/tfjs') as Tfjs
}

/**
 * Loads `@tensorflow/tfjs-node-gpu` with the given addon; it registers itself as backend of the shared tfjs. The package asks node-pre-gyp where its
 * addon lies; that question is answered here, so nothing has to be copied into node_modules (where a second `npm ci` would remove it) and
 * node-pre-gyp does not read this program's command line.
 */
export function requireNativeTfjs(addonPath: string): Tfjs {
  restoreRemovedUtilFunctions()
  const require = projectRequire()
  const fromPackage = createRequire(require.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  const preBinding = fromPackage('@mapbox/node-pre-gyp/lib/pre-binding.js') as { find: (packageJson: string) => string }
  const find = preBinding.find
  preBinding.find = () => addonPath
  try {
    return require('@tensorflow/tfjs-node-gpu') as Tfjs
  } finally {
    preBinding.find = find
  }
}

/** tfjs-node-gpu 4.22 calls two functions of `node:util` that Node 23 removed (fixed upstream, never released). */
function restoreRemovedUtilFunctions(): void {
  const util = projectRequire()('node:util') as { isNullOrUndefined?: unknown; isArray?: unknown }
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isArray ??= Array.isArray
}

import { createRequire } from 'node:module'
import type ts from 'typescript'
import { projectPath } from '../core/index.js'

let loaded: typeof ts | undefined

/**
 * TypeScript's compiler, loaded at the first call and in the compiled form that the kernel keeps: a tenth of a second, where an import at the top of a file would cost
 * half a second at the start of every command.
 */
export function compiler(): typeof ts {
  loaded ??= (createRequire(projectPath('package.json'))('./src/notebook/kernel/typescript.cjs') as { typescript: typeof ts }).typescript
  return loaded
}

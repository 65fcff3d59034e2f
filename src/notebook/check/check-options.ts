import { projectPath } from '../../core/index.js'

/** TypeScript options of the kernel: what passes the check with them runs there. */
export const checkOptionsPath = (): string => projectPath('src/notebook/kernel/compiler-options.json')

import type { ModelSpec } from '../create-model.js'
import type { Model } from '../model.js'

/** How a stack gets its parts; passed in, because the table of kinds knows the stack. */
export interface StackKit {
  readonly create: (spec: ModelSpec) => Model
  readonly load: (folder: string) => Promise<Model>
}

import { serveParent } from '../../runtime/index.js'
import { checkModule } from './type-check-program.js'

/** Child process of type-check.ts: the compiler must not hold up the parent, which starts the kernel meanwhile. */
serveParent((input) => {
  const { modulePath, text, clean } = input as { modulePath: string; text: string; clean: string[] }
  return Promise.resolve(checkModule(modulePath, text, clean))
})

import { startLab } from '../src/notebook/index.js'
import { ensureSetup } from '../src/setup/index.js'
import { runDoor } from './door.js'

/** npm run lab [-- arguments of `jupyter lab`] */
void runDoor(async (args) => {
  await ensureSetup()
  return startLab(args)
})

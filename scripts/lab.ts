import { openPassingDoor } from './door.js'

const USAGE = `npm run lab [-- arguments of jupyter lab]     JupyterLab with the TypeScript kernel; Ctrl-C ends it with all kernels

      notebooks/quickstart.ipynb   opens that notebook
      --no-browser --port=8890     for a machine somewhere else
      --help-all                   what jupyter lab itself understands

The first time it does what npm run setup does. More: docs/jupyterlab.md
`

/** npm run lab [-- arguments of `jupyter lab`] */
await openPassingDoor({ name: 'lab', usage: USAGE, options: { port: { type: 'string' } } }, async (args) => {
  const { ensureSetup } = await import('../src/setup/index.js')
  await ensureSetup()
  const { startLab } = await import('../src/notebook/index.js')
  return startLab(args)
})

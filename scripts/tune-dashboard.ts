import { EXIT, LabError } from '../src/core/index.js'
import { openDoor } from './door.js'

const USAGE = `npm run tune:dashboard [-- options]     studies in the browser, on this machine alone; Ctrl-C ends it

      --port N              default: any that is free
      --storage URL         postgresql://user@host/database, or an SQLite file; default as for npm run tune
`

const OPTIONS = { port: { type: 'string' }, storage: { type: 'string' } } as const

await openDoor({ name: 'tune:dashboard', usage: USAGE, options: OPTIONS, allowPositionals: false }, async ({ values }) => {
  const { port, storage } = values
  const number = port === undefined ? undefined : Number(port)
  if (number !== undefined && !(Number.isInteger(number) && number > 0 && number < 65_536))
    throw usage(`--port ${port}`, 'a whole number from 1 to 65535')
  const { loadConfig } = await import('../src/config/index.js')
  const { StudyDashboard, studyStorage } = await import('../src/tune/index.js')
  const dashboard = await StudyDashboard.open({
    storage: studyStorage(storage, loadConfig().tuning.storage),
    ...(number !== undefined && { port: number }),
  })
  const stop = (): void => void dashboard.close()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  process.stdout.write(`Studies: ${dashboard.url}/dashboard   (Ctrl-C ends it)\n`)
  await dashboard.ended
  return EXIT.ok
})

function usage(received: string, expected: string): LabError {
  return new LabError('bad-arguments', 'The command was not understood.', {
    ...{ received, expected, help: 'npm run tune:dashboard -- --help', exitCode: EXIT.usage },
  })
}

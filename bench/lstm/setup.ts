import { EXIT } from '../../src/core/index.js'
import { openDoor } from '../../scripts/door.js'
import { installPackages } from '../../test/fixtures/python-packages.js'

const USAGE = `npm run bench:setup     installs the optional peers of the benchmarks (config/python/bench.txt), which are in no set-up of the project
`

/** `npm run bench:setup`: the optional peers of the benchmarks, which are in no set-up of the project (`config/python/bench.txt`). */
await openDoor({ name: 'bench:setup', usage: USAGE, options: {}, allowPositionals: false }, async () => {
  const packages = await installPackages('bench')
  if ('missing' in packages) {
    process.stderr.write(`${packages.missing}\n`)
    return EXIT.failed
  }
  process.stdout.write(`the peers of the benchmarks are installed: ${packages.folder}\n`)
  return EXIT.ok
})

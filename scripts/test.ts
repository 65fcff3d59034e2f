import { openPassingDoor } from './door.js'
import { runVitest } from './run-vitest.js'

const USAGE = `npm test [-- arguments of vitest]     set-up, then the tests; the last line is: N passed, N failed, N skipped
npm run test:slow [-- ...]            those that take minutes: crashes, soak, peers (the same as npm test -- --slow)
npm run test:gpu                      those of a card

      src/split test/graph.test.ts   only files whose path has one of these in it
      -t 'a name'                    only tests whose name has this in it
      --slow                         the slow ones in place of the others
`

/** `npm test [-- --slow] [vitest arguments]`: set-up, then vitest; the last line is `N passed, N failed, N skipped`. */
await openPassingDoor({ name: 'test', usage: USAGE, options: { slow: { type: 'boolean' } } }, async (args) => {
  const { ensureSetup } = await import('../src/setup/index.js')
  await ensureSetup({})
  const { exitCode, summary } = runVitest({
    tier: args.includes('--slow') ? 'slow' : 'fast',
    args: args.filter((argument) => argument !== '--slow'),
  })
  process.stdout.write(`${summary}\n`)
  return exitCode
})

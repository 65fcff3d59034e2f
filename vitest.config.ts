import { defineConfig } from 'vitest/config'

/** Fast tier by default; BARLAB_TEST_TIER=slow runs the crash, soak and peer tests (`*.slow.test.ts`) instead. */
const slow = process.env.BARLAB_TEST_TIER === 'slow'

export default defineConfig({
  test: {
    include: slow ? ['{src,test}/**/*.slow.test.ts'] : ['{src,test}/**/*.test.ts'],
    exclude: slow ? ['node_modules/**'] : ['node_modules/**', '**/*.slow.test.ts'],
    testTimeout: slow ? 900_000 : 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
  },
})

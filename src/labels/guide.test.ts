import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../core/index.js'
import { randomBars } from '../../test/fixtures/random-bars.js'
import * as labels from './index.js'

const blocks = [...readFileSync(projectPath('docs/labels.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!)
const imported = (block: string): string[] =>
  [...block.matchAll(/^import \{ (.*) \} from '..\/src\/index.js'$/gm)].flatMap(([, names]) => names!.split(', '))

describe('docs/labels.md', () => {
  it('shows code that runs, in its order', () => {
    const [load, ...examples] = blocks
    expect(imported(load!)).toEqual(['loadBars'])
    expect(examples.length).toBeGreaterThanOrEqual(7)
    const names = [...new Set(examples.flatMap(imported))]
    for (const name of names) expect(labels, name).toHaveProperty(name)
    const code = examples.map((block) => block.replace(/^import .*$/gm, '')).join('\n')
    const results = 'return { direction, move, barrier, meta, trend, weights, sample }'
    const script = ts.transpileModule(`${code}\n${results}`, { compilerOptions: { target: ts.ScriptTarget.ES2022 } }).outputText
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function('bars', ...names, script) as (...values: unknown[]) => Record<string, unknown>
    const made = run(randomBars(6000, 1), ...names.map((name) => labels[name as keyof typeof labels]))
    for (const name of ['direction', 'move', 'barrier', 'meta', 'trend']) {
      const { y } = made[name] as labels.Labels
      expect(y.filter((value) => !Number.isNaN(value)).length, name).toBeGreaterThan(500)
    }
    expect((made.weights as labels.SampleWeights).rows.length).toBe((made.sample as labels.SequentialSample).rows.length)
  })
})

import { expect, it } from 'vitest'
import { codeBlocks, readDocument } from './fixtures/documents.js'

it('the README holds exactly two commands on its first screen', () => {
  const firstScreen = readDocument('README.md').split('\n---\n')[0]!
  const commands = codeBlocks(firstScreen).filter(({ info }) => info === 'sh')
  expect(commands.map(({ code }) => code.trim())).toEqual(['npm ci && npm run pipeline -- notebooks/direction.ipynb', 'npm ci && npm test'])
  expect(firstScreen.split('\n').length).toBeLessThan(30)
})

it('the README says on its first screen what a machine needs', () => {
  const firstScreen = readDocument('README.md').split('\n---\n')[0]!
  for (const need of ['Node 20.19 to 24', 'Python 3.11 to 3.13', '3 GB on disk', '300 MB']) expect(firstScreen).toContain(need)
})

it.each([
  ['README.md', /^## Use your own data$/m],
  ['docs/getting-started.md', /^## 3. Your own bars$/m],
])('%s takes a file of yours through quickstart first, then through direction', (path, heading) => {
  const section = readDocument(path).split(heading)[1]!.split('\n## ')[0]!
  const notebooks = codeBlocks(section).flatMap(({ code }) =>
    [...code.matchAll(/notebooks\/([a-z]+)\.ipynb -p dataset=\.\/my-bars/g)].map(([, name]) => name),
  )
  expect(notebooks).toEqual(['quickstart', 'direction'])
  expect(section).toContain('how-to/dataset.md')
})

import { readFileSync } from 'node:fs'
import { EXIT, LabError, projectPath, resolveUserPath } from '../src/core/index.js'
import { importDataset, type DatasetRecipe } from '../src/data/index.js'
import { runDoor } from './door.js'

/** `tsx scripts/import-datasets.ts <folder of raw files> [dataset names]`: makes the shipped datasets again, by the recipes in datasets/sources.json. */
await runDoor(async ([folder, ...names]) => {
  const { datasets } = JSON.parse(readFileSync(projectPath('datasets', 'sources.json'), 'utf8')) as { datasets: DatasetRecipe[] }
  const unknown = names.filter((name) => !datasets.some((recipe) => recipe.name === name))
  if (folder === undefined || unknown.length > 0)
    throw new LabError('usage', folder === undefined ? 'No folder of raw files was given.' : 'datasets/sources.json has no such recipe.', {
      received: folder === undefined ? 'no arguments' : unknown.join(', '),
      expected: `a folder, then any of ${datasets.map((recipe) => recipe.name).join(', ')} (default all)`,
      help: 'npx tsx scripts/import-datasets.ts <folder>',
      exitCode: EXIT.usage,
    })
  for (const recipe of datasets.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const manifest = await importDataset(recipe, resolveUserPath(folder))
    process.stdout.write(`${manifest.name}: ${manifest.rows} bars of ${manifest.symbols.join(', ')}, ${manifest.file.bytes} bytes\n`)
  }
  return EXIT.ok
})

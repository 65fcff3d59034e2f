// How a notebook begins as another one. The same file serves `npm run new` (src/notebook/new-notebook.ts) and the launcher's cards in the browser, so that both give
// the same notebook.

/** Where the templates' relative paths begin: the blank one lies elsewhere and is written as if it lay here. */
const HOME = 'notebooks'
/** The name that a template has in its own commands where that is not its path. */
const NAMED = { 'src/notebook/templates/blank.ipynb': 'notebooks/study.ipynb' }

export function fromTemplate(notebook, templatePath, path) {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.ipynb$/, '')
  const title = name.replace(/-/g, ' ').replace(/^./, (letter) => letter.toUpperCase())
  const old = NAMED[templatePath] ?? templatePath
  const up = '../'.repeat(path.split('/').length - 1)
  const cells = notebook.cells.map((cell, i) => {
    let source = typeof cell.source === 'string' ? cell.source : cell.source.join('')
    if (!path.startsWith(`${HOME}/`) || up !== '../') source = source.replace(/(from ['"]|\]\()\.\.\//g, (_, before) => before + up)
    if (i === 0) source = source.replace(/^# .*$/m, () => `# ${title}`).replaceAll(old, path)
    // Runs under the template's name would stand among its runs in `npm run runs`.
    if (cell.cell_type === 'code') source = source.replace(/(\bopenRun\(\{ name: ')[^']*'/g, (_, before) => `${before}${name}'`)
    const fresh = { ...cell, source: source === '' ? [] : source.split(/(?<=\n)/) }
    return cell.cell_type === 'code' ? { ...fresh, outputs: [], execution_count: null } : fresh
  })
  return { ...notebook, cells }
}

/** The first heading of a notebook, '' where it has none. */
export function titleOf(notebook) {
  const text = notebook.cells.map(({ source }) => (typeof source === 'string' ? source : source.join(''))).join('\n')
  return /^# (.+)$/m.exec(text)?.[1] ?? ''
}

/** Folders of the project that are no place for notebooks. */
const NO_NOTEBOOKS = ['bench', 'config', 'datasets', 'docs', 'node_modules', 'runs', 'scripts', 'src', 'test']

/** Folder of a new notebook, by the folder that the file browser shows ('' is the project's own). */
export function folderOf(shown) {
  const [drive, plain] = shown.includes(':') ? shown.split(':') : ['', shown]
  const folder = plain.replace(/^\/+|\/+$/g, '')
  return drive !== '' || folder === '' || NO_NOTEBOOKS.includes(folder.split('/')[0]) ? HOME : folder
}

/** The names to try, in order: my-study, my-study-2, my-study-3 ... */
export function* names(template) {
  const first = template === 'blank' ? 'my-study' : template.startsWith('my-') ? template : `my-${template}`
  yield first
  for (let n = 2; ; n++) yield `${first}-${n}`
}

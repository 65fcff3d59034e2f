// Barlab's cards in JupyterLab's launcher. JupyterLab finds this folder through JUPYTER_PATH (lab-command.ts) and loads this file as a federated extension: an object
// with `init` and `get`, as a bundler would write it. Written by hand, because there is nothing to bundle: JupyterLab shares its own packages.
;(() => {
  'use strict'
  const NAME = 'barlab-launcher'
  const COMMAND = 'barlab:new-notebook'
  const CATEGORY = 'Barlab'
  const here = new URL('.', document.currentScript.src)
  const BLANK = 'src/notebook/templates/blank.ipynb'
  const SHIPPED = 'notebooks'
  /** A notebook above this is not read for its title: somebody's results are in it. */
  const MAX_BYTES = 1_000_000
  const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161">
<path d="M6 3h1.4v3H6zm0 11h1.4v4H6zM4.5 6h4.4v8H4.5zm8-1h1.4v3h-1.4zm0 8h1.4v6h-1.4zM11 8h4.4v5H11zm7.5-6h1.4v2h-1.4zm0 8h1.4v4h-1.4zM17 4h4.4v6H17z"/><path d="M3 20.6h18V22H3z"/></g></svg>`

  let shared
  /** A package that JupyterLab shares with its extensions. */
  async function take(name) {
    const [version] = Object.values(shared[name] ?? {})
    if (version === undefined) throw new Error(`JupyterLab does not share ${name} with its extensions`)
    return (await version.get())()
  }

  /** The notebooks that `npm run new -- --list` names, in its order. */
  async function templates(contents, titleOf) {
    const { content } = await contents.get(SHIPPED, { content: true })
    const shipped = content.filter(({ type }) => type === 'notebook').sort((a, b) => (a.name < b.name ? -1 : 1))
    const read = async ({ path, size }) => {
      const name = path.replace(/^.*\//, '').replace(/\.ipynb$/, '')
      const title =
        size > MAX_BYTES
          ? ''
          : await contents.get(path, { content: true, type: 'notebook' }).then(
              (file) => titleOf(file.content),
              () => '',
            )
      return { name, path, title: title || name }
    }
    return Promise.all([{ path: BLANK, size: 0 }, ...shipped].map(read))
  }

  /** Renames to the first name that is free. The server refuses a name that is taken, so that nothing is written over even by two clicks at once. */
  async function toFreeName(contents, path, folder, candidates) {
    const { content } = await contents.get(folder, { content: true })
    const taken = new Set(content.map(({ name }) => name))
    for (const name of candidates) {
      if (taken.has(`${name}.ipynb`)) continue
      try {
        return await contents.rename(path, `${folder}/${name}.ipynb`)
      } catch (error) {
        if (error?.response?.status !== 409) throw error
      }
    }
  }

  async function create(contents, { fromTemplate, folderOf, names }, template, cwd) {
    const { content: notebook } = await contents.get(template.path, { content: true, type: 'notebook' })
    const folder = folderOf(cwd)
    let { path } = await contents.newUntitled({ path: folder, type: 'notebook' })
    try {
      path = (await toFreeName(contents, path, folder, names(template.name))).path
      await contents.save(path, { type: 'notebook', format: 'json', content: fromTemplate(notebook, template.path, path) })
      return path
    } catch (error) {
      await contents.delete(path).catch(() => {})
      throw error
    }
  }

  async function plugin() {
    const [{ ILauncher }, { IDefaultFileBrowser }, { ICommandPalette, showErrorMessage }, { LabIcon }] = await Promise.all(
      ['@jupyterlab/launcher', '@jupyterlab/filebrowser', '@jupyterlab/apputils', '@jupyterlab/ui-components'].map(take),
    )
    const recipe = await import(new URL('from-template.mjs', here).href)
    const icon = new LabIcon({ name: `${NAME}:candles`, svgstr: ICON })

    async function activate(app, launcher, palette, browser) {
      const { commands, serviceManager } = app
      const contents = serviceManager.contents
      commands.addCommand(COMMAND, {
        label: ({ name, isPalette }) => (isPalette ? `New notebook from ${name}` : name),
        caption: ({ title, path }) => `${title}: a new notebook from ${path}`,
        icon: ({ isPalette }) => (isPalette ? undefined : icon),
        execute: async ({ cwd, ...template }) => {
          try {
            const path = await create(contents, recipe, template, cwd ?? browser?.model.path ?? '')
            return await commands.execute('docmanager:open', { path, factory: 'Notebook' })
          } catch (error) {
            void showErrorMessage(`No notebook could be made from ${template.path}`, error)
          }
        },
      })
      const found = await templates(contents, recipe.titleOf)
      found.forEach((args, rank) => {
        launcher.add({ command: COMMAND, category: CATEGORY, args, rank })
        palette?.addItem({ command: COMMAND, category: CATEGORY, args: { ...args, isPalette: true }, rank })
      })
    }

    return { id: `${NAME}:plugin`, autoStart: true, requires: [ILauncher], optional: [ICommandPalette, IDefaultFileBrowser], activate }
  }

  window._JUPYTERLAB ??= {}
  window._JUPYTERLAB[NAME] = {
    init: (scope) => void (shared = scope),
    get: async () => {
      const made = await plugin()
      return () => ({ __esModule: true, default: made })
    },
  }
})()

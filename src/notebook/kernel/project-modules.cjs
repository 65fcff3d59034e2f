'use strict'
// Loads TypeScript files of the project into the kernel as CommonJS, when something requires them. A file that changes makes all of them load again:
// a module that keeps an old copy of another one is worse than the second it takes.
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const Module = require('node:module')
const { root, cacheFolder, isProjectFile } = require('./project.cjs')
const { keep } = require('./keep-file.cjs')

const EXTENSIONS = ['.ts', '.tsx']

/** The project's TypeScript file that a relative specifier means (`./x.js`, `./x`, `./folder`), undefined for everything else. */
function resolveTypeScript(folder, specifier) {
  if (!/^\.{0,2}\//.test(specifier)) return undefined // a bare name is a package, whatever files lie around
  const target = path.resolve(folder, specifier)
  if (!isProjectFile(target)) return undefined
  const stem = target.replace(/\.(js|jsx|ts|tsx)$/, '')
  const candidates = EXTENSIONS.flatMap((extension) => [stem + extension, target + extension, path.join(target, `index${extension}`)])
  return candidates.find((file) => fs.existsSync(file) && fs.statSync(file).isFile())
}

/** @param whileLoading runs what it is given; in a batch run it notes which files modules read while they are loaded */
function createProjectModules({ typescript, publicFile, whileLoading = (_file, load) => load() }) {
  const loaded = new Map()
  const stamps = new Map() // of the texts that were loaded
  const texts = new Map() // file -> SHA-256 of every text of it that was loaded
  const compilerOptions = {
    module: typescript.ModuleKind.CommonJS,
    target: typescript.ScriptTarget.ES2022,
    jsx: typescript.JsxEmit.React,
    esModuleInterop: true,
    experimentalDecorators: true,
    rewriteRelativeImportExtensions: true,
    inlineSourceMap: true,
    inlineSources: true,
  }
  const recipe = `${typescript.version} ${JSON.stringify(compilerOptions)}`

  const stampOf = (text) => `// ${crypto.createHash('sha256').update(recipe).update('\0').update(text).digest('hex')}`

  /** JavaScript of a file, from the cache where the text is the one it was made of. */
  function emit(file) {
    const text = fs.readFileSync(file, 'utf8')
    const stamp = stampOf(text)
    stamps.set(file, stamp)
    const hashes = texts.get(file) ?? new Set()
    texts.set(file, hashes.add(crypto.createHash('sha256').update(text).digest('hex')))
    const cached = path.join(cacheFolder, 'modules', `${path.relative(root, file).replaceAll(path.sep, '+')}.cjs`)
    if (fs.existsSync(cached)) {
      const code = fs.readFileSync(cached, 'utf8')
      const end = code.lastIndexOf('\n')
      if (code.slice(end + 1) === stamp) return code
    }
    // The stamp is the last line: in front it would shift the lines of the source map, and at the end it also proves that the file is whole.
    const code = `${typescript.transpileModule(text, { fileName: file, compilerOptions }).outputText.trimEnd()}\n${stamp}`
    keep(cached, code)
    return code
  }

  function load(file) {
    const present = loaded.get(file)
    if (present) return present.exports
    const name = file.replace(/tsx?$/, 'js')
    const mod = new Module(name, module)
    mod.filename = name
    mod.paths = Module._nodeModulePaths(path.dirname(file))
    mod.require = requireFrom(path.dirname(file), mod.require.bind(mod))
    loaded.set(file, mod) // before it runs: import cycles get the half-filled exports, as in Node
    try {
      const code = emit(file)
      whileLoading(file, () => mod._compile(code, name))
      mod.loaded = true
    } catch (error) {
      loaded.delete(file)
      throw error
    }
    return mod.exports
  }

  /** A `require` for code that lies in `folder`. */
  function requireFrom(folder, otherwise) {
    return (specifier) => {
      if (specifier === 'tslab') return require(publicFile)
      const file = resolveTypeScript(folder, specifier)
      return file === undefined ? otherwise(specifier) : load(file)
    }
  }

  /** The file that declares an exported value, and its name there; of several that export it (an index.ts), the one that was loaded to the end first. */
  function findExport(value) {
    for (const [name, mod] of loaded) {
      const file = name.replace(/\.js$/, '.ts')
      if (path.basename(file) === 'index.ts') continue
      for (const exported of Object.keys(mod.exports)) if (mod.exports[exported] === value) return { file, exported }
    }
    return undefined
  }

  /** Of files that have been written: those that were loaded with another text (one that is saved as it was is none), and those that were never loaded. */
  function differing(files) {
    const textOf = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
    return {
      loaded: files.filter((file) => stamps.has(file) && stamps.get(file) !== stampOf(textOf(file))),
      others: files.filter((file) => !stamps.has(file)),
    }
  }

  return {
    load,
    differing,
    findExport,
    loadedTexts: () => Object.fromEntries([...texts].map(([file, hashes]) => [file, [...hashes]])),
    reset: () => loaded.clear(),
    cellRequire: (folder) => {
      const plain = Module.createRequire(path.join(folder, 'cell.js'))
      return Object.assign(requireFrom(folder, plain), { resolve: plain.resolve })
    },
  }
}

module.exports = { createProjectModules }

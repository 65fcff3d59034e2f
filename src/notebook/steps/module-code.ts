import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { projectPath, projectRoot, sha256, writeFileAtomicSync } from '../../core/index.js'
import { moduleLinks, type ModuleLink, type ModuleLinks } from './module-links.js'

/** A name taken from a module, as a cell writes it. */
export interface ImportedFrom {
  readonly module: string
  readonly exported: string
}

/**
 * Which files of the project stand behind an imported name: the file that declares it and all that this imports in turn, followed name by name through files that only
 * re-export. Entries of child processes and folders that are named by a string (`'src/...'`) count too. Types do not, packages neither (their lock file is hashed elsewhere).
 * One object reads each file once, so make a new one for each run.
 */
export class ModuleCode {
  /** By content: what a text says does not change. */
  readonly #links: Map<string, ModuleLinks>
  readonly #hashes = new Map<string, string>()
  readonly #closures = new Map<string, string[]>()
  #parsed = 0

  /** @param cacheFile where the links of known texts are kept between runs, see {@link save} */
  constructor(private readonly cacheFile?: string) {
    this.#links = readLinks(cacheFile)
  }

  /** Keeps what was read from the syntax of the files: parsing all of src/ takes seconds. */
  save(): void {
    if (this.cacheFile === undefined || this.#parsed === 0) return
    const used = new Set(this.#hashes.values())
    writeFileAtomicSync(
      this.cacheFile,
      serialize({ version: LINKS_VERSION, links: new Map([...this.#links].filter(([hash]) => used.has(hash))) }),
    )
    this.#parsed = 0
  }

  /**
   * @param names by the name that the cell uses
   * @param folder of the notebook
   * @param files receives the files behind them, with their hashes
   * @returns hash of the files behind these names, and of the names of packages
   */
  hash(names: ReadonlyMap<string, ImportedFrom>, folder: string, files: Map<string, string>): string {
    const parts = [...names].map(([local, { module, exported }]) => {
      const name = `${local} ${module} ${exported}`
      return isFileName(module) ? `${name}:${this.#hashFiles(resolveModule(folder, module), exported, files)}` : name
    })
    return sha256(...parts.sort())
  }

  /** The same for an exported class. */
  hashClass({ file, exported }: { readonly file: string; readonly exported: string }, files: Map<string, string>): string {
    return sha256(this.#hashFiles(file, exported, files))
  }

  #hashFiles(file: string, exported: string, files: Map<string, string>): string {
    const behind = this.#filesBehind(file, exported)
    for (const path of behind) files.set(path, this.#hashOf(path))
    return behind.map((path) => `${relative(projectRoot(), path)}=${this.#hashOf(path)}`).join(',')
  }

  #filesBehind(file: string, exported: string): string[] {
    const key = `${file}#${exported}`
    const known = this.#closures.get(key)
    if (known !== undefined) return known
    const files = new Set<string>()
    this.#follow(file, exported, files, new Set())
    const sorted = [...files].sort()
    this.#closures.set(key, sorted)
    return sorted
  }

  #follow(file: string, name: string, files: Set<string>, visited: Set<string>): void {
    if (visited.has(`${file}#${name}`) || !isProjectCode(file)) return
    visited.add(`${file}#${name}`)
    const links = this.#linksOf(file)
    const source = name === '*' || links.own.has(name) ? undefined : this.#reExporter(file, links, name)
    if (source !== undefined) return this.#follow(source.file, source.name, files, visited)
    if (name === '*') for (const { module, names } of links.reExports) this.#followLink(file, { module, names }, files, visited)
    if (files.has(file)) return
    files.add(file)
    for (const link of links.imports) this.#followLink(file, link, files, visited)
    for (const path of links.paths) this.#followPath(projectPath(path), files, visited)
  }

  #followLink(file: string, { module, names }: ModuleLink, files: Set<string>, visited: Set<string>): void {
    if (!isFileName(module)) return
    const target = resolveModule(dirname(file), module)
    for (const name of names === '*' ? ['*'] : names.keys()) this.#follow(target, name, files, visited)
  }

  #followPath(path: string, files: Set<string>, visited: Set<string>): void {
    if (!existsSync(path)) return
    if (statSync(path).isDirectory()) for (const entry of readdirSync(path)) this.#followPath(join(path, entry), files, visited)
    // Tests decide nothing, and what Python compiles for itself comes and goes.
    else if (/\.test\.ts$|__pycache__/.test(path)) return
    else if (isCode(path)) this.#follow(path, '*', files, visited)
    else files.add(path)
  }

  /** Where a file that does not declare a name has it from; undefined where nothing says so. */
  #reExporter(file: string, links: ModuleLinks, name: string): { file: string; name: string } | undefined {
    for (const { module, names } of links.reExports) {
      if (names === '*') continue
      const original = [...names].find(([, local]) => local === name)?.[0]
      if (original !== undefined) return { file: resolveModule(dirname(file), module), name: original }
    }
    for (const { module, names } of links.reExports) {
      if (names !== '*') continue
      const target = resolveModule(dirname(file), module)
      if (isProjectCode(target) && this.#gives(target, name, new Set())) return { file: target, name }
    }
    return undefined
  }

  #gives(file: string, name: string, visited: Set<string>): boolean {
    if (visited.has(file) || !isProjectCode(file)) return false
    visited.add(file)
    const { own, reExports } = this.#linksOf(file)
    if (own.has(name)) return true
    return reExports.some(({ module, names }) =>
      names === '*' ? this.#gives(resolveModule(dirname(file), module), name, visited) : [...names.values()].includes(name),
    )
  }

  #linksOf(file: string): ModuleLinks {
    if (!isCode(file)) return NO_LINKS
    const hash = this.#hashOf(file)
    let links = this.#links.get(hash)
    if (links === undefined) {
      links = moduleLinks(file, readFileSync(file, 'utf8'))
      this.#links.set(hash, links)
      this.#parsed += 1
    }
    return links
  }

  #hashOf(file: string): string {
    let hash = this.#hashes.get(file)
    if (hash === undefined) this.#hashes.set(file, (hash = fileHash(file)))
    return hash
  }
}

/** Raised when {@link moduleLinks} reads something else out of the same text. */
const LINKS_VERSION = 2

function readLinks(cacheFile: string | undefined): Map<string, ModuleLinks> {
  if (cacheFile === undefined || !existsSync(cacheFile)) return new Map()
  try {
    const { version, links } = deserialize(readFileSync(cacheFile)) as { version: number; links: Map<string, ModuleLinks> }
    return version === LINKS_VERSION ? links : new Map<string, ModuleLinks>()
  } catch {
    return new Map() // torn or of another Node: only a matter of time
  }
}

const NO_LINKS: ModuleLinks = { imports: [], reExports: [], own: new Set(), paths: [] }

/** As the kernel hashes the texts that it loads. */
export const fileHash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Files whose imports are followed; entries of child processes may be plain modules. */
const isCode = (file: string): boolean => ['.ts', '.mjs'].includes(extname(file))

const isFileName = (module: string): boolean => module.startsWith('.') || module.startsWith('/')

const isProjectCode = (file: string): boolean => existsSync(file) && statSync(file).isFile()

/** The file that a relative specifier means: `./x.js` for x.ts, else as it stands. */
function resolveModule(folder: string, specifier: string): string {
  const target = resolve(folder, specifier)
  const typescript = target.replace(/\.js$/, '.ts')
  return [typescript, `${target}.ts`, join(target, 'index.ts')].find((file) => isProjectCode(file)) ?? target
}

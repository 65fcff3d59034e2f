'use strict'
// tslab is used as published, at one exact version; what does not fit a project with src/ and notebooks/ beside each other is changed while its files are
// loaded. Every text that is replaced must be there exactly once, else the kernel refuses to start: a silent half-patched tslab
// would give wrong types or stale code. The hooks called by the patched code are in converter-hooks.cjs.
const fs = require('node:fs')
const path = require('node:path')
const Module = require('node:module')
const { root } = require('./project.cjs')

const VERSION = '1.0.22'
const fromRoot = Module.createRequire(path.join(root, 'package.json'))
const packageFile = fromRoot.resolve('tslab/package.json')
const dist = path.join(path.dirname(packageFile), 'dist')

const CONVERTER_PATCHES = [
  // A cell may import ../src: the compiler's root is the project, not the notebook's folder. Options follow the project's tsconfig.
  ['rootDir: cwd,', 'rootDir: __barlab.root, ...__barlab.compilerOptions(ts),'],
  ['(outDir, "__tslab__.js")', '(outDir, __barlab.notebookFolder, "__tslab__.js")'],
  ['(outDir, "__tslab__.d.ts")', '(outDir, __barlab.notebookFolder, "__tslab__.d.ts")'],
  // Options that TypeScript 5.9 does not know any more.
  ['        noImplicitUseStrict: true,\n        experimentalDecorators', '        experimentalDecorators'],
  ['        disableTopLevelAwait: true,\n', ''],
  // Project files are loaded from disk when they are required (project-modules.cjs); the compiler emits the cell alone.
  ['if (sideInputsConverted.has(dep)) {', 'if (dep !== srcFilename) {'],
  // The cell's JavaScript is wanted with its source map, before it becomes CommonJS (cell-code.cjs).
  ['output: esModuleToCommonJSModule(output, transpileTarget),', 'output,'],
  // Errors in ../src are errors too, and their paths are the project's.
  ['const rel = path_1.default.relative(cwd, d.file.fileName);', 'const rel = path_1.default.relative(__barlab.root, d.file.fileName);'],
  [
    'if (rel.startsWith("..")) {\n                    continue;',
    'if (!__barlab.isProjectFile(d.file.fileName)) {\n                    continue;',
  ],
  // A message with parts is one error, with its file, instead of several without.
  [
    'traverseDiagnosticMessageChain(start, end, d.messageText, diagnostics, fileName);',
    'diagnostics.push({ start, end, messageText: ts.flattenDiagnosticMessageText(d.messageText, "\\n"), category: d.category, code: d.code, fileName });',
  ],
  // Files are compared when a cell starts instead of being watched: no race between saving a file and running a cell, no thousands of watchers.
  ['const watcher = ts.sys.watchFile(path, cb, pollingInterval);', 'const watcher = __barlab.files.watchFile(path, cb);'],
  ['sys.writeFile = function', 'sys.watchDirectory = (...args) => __barlab.files.watchDirectory(...args);\n    sys.writeFile = function'],
  // The compiler has more than one timer pending when files have changed; tslab knows one.
  [
    '    const host = ts.createWatchCompilerHost(',
    '    sys.setTimeout = __barlab.timers.set;\n    sys.clearTimeout = __barlab.timers.clear;\n    const host = ts.createWatchCompilerHost(',
  ],
  [
    '        if (!rebuildTimer) {\n            throw new Error("rebuildTimer is not set properly");\n        }\n        rebuildTimer.callback();',
    '        __barlab.timers.run();',
  ],
  // `{ seed }` with a name of an earlier cell: the short form has no place for `exports.`, so it is written out.
  [
    '            if (!ts.isIdentifier(node)) {\n                return ts.visitEachChild(node, wrapPrevIdentifier, nullTransformationContext);',
    `            if (ts.isShorthandPropertyAssignment(node)) {
                const original = ts.getOriginalNode(node);
                const symbol = checker.getShorthandAssignmentValueSymbol(original);
                if (!(symbol?.declarations ?? []).some((decl) => decl.getSourceFile() === declsFile)) return node;
                return ts.factory.createPropertyAssignment(node.name, ts.factory.createPropertyAccessExpression(ts.factory.createIdentifier("exports"), node.name));
            }
            if (!ts.isIdentifier(node)) {
                return ts.visitEachChild(node, wrapPrevIdentifier, nullTransformationContext);`,
  ],
  // Documentation comments are read for hovers only.
  [
    '    host.afterProgramCreate = function (b) {',
    '    host.jsDocParsingMode = __barlab.documentation ? ts.JSDocParsingMode.ParseAll : ts.JSDocParsingMode.ParseNone;\n    host.afterProgramCreate = function (b) {',
  ],
]

/** @throws when a text to be replaced is not there exactly once: then this is another tslab than the one the patches were made for */
function applyPatches(code, name, patches) {
  for (const [from, to] of patches) {
    const found = code.split(from).length - 1
    if (found !== 1)
      throw new Error(`tslab's ${name} is not the expected one (run npm ci); this was found ${found} times: ${from.trim().split('\n')[0]}`)
    code = code.replace(from, () => to)
  }
  return code
}

/** Loads tslab's converter and Jupyter parts, patched. @param hooks what the patched converter calls as `__barlab` */
function loadTslab(hooks) {
  const { version } = JSON.parse(fs.readFileSync(packageFile, 'utf8'))
  if (version !== VERSION) throw new Error(`tslab ${version} is installed, the kernel is made for ${VERSION}: run npm ci`)
  const resolveFilename = Module._resolveFilename
  Module._resolveFilename = function (id, ...rest) {
    return id === '@tslab/typescript-for-tslab' ? path.join(__dirname, 'typescript-for-tslab.cjs') : resolveFilename.call(this, id, ...rest)
  }
  const file = path.join(dist, 'converter.js')
  const mod = new Module(file, module)
  mod.filename = file
  mod.paths = Module._nodeModulePaths(dist)
  Module._cache[file] = mod
  globalThis.__barlab = hooks
  mod._compile(`const { __barlab } = globalThis; ${applyPatches(fs.readFileSync(file, 'utf8'), 'converter.js', CONVERTER_PATCHES)}`, file)
  mod.loaded = true
  delete globalThis.__barlab
  return {
    createConverter: mod.exports.createConverter,
    jupyter: require(path.join(dist, 'jupyter.js')),
    publicFile: path.join(dist, 'public.js'),
  }
}

module.exports = { loadTslab, applyPatches, CONVERTER_PATCHES }

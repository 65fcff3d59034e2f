'use strict'
// Type errors of the project files that a cell imports. They are the same for every cell until a file changes, but each cell makes a new program;
// the result is kept for as long as the very same parsed files are in the program.
let checked = new Map()

/** Diagnostics of `files` (a cell's imports, followed through). */
function diagnosticsOfProjectFiles(program, files) {
  const changed = files.some((file) => checked.has(file.fileName) && checked.get(file.fileName).file !== file)
  if (changed) checked = new Map()
  for (const file of files)
    if (!checked.has(file.fileName))
      checked.set(file.fileName, { file, found: [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)] })
  return files.flatMap((file) => checked.get(file.fileName).found)
}

module.exports = { diagnosticsOfProjectFiles }

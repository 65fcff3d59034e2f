'use strict'
const fs = require('node:fs')
const path = require('node:path')

/** Keeps a file for the next start. A cache is only a matter of time: where it cannot be written, nothing else changes. */
function keep(file, content) {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    const temporary = `${file}.${process.pid}.tmp`
    fs.writeFileSync(temporary, content)
    fs.renameSync(temporary, file)
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT'].includes(error.code)) throw error
  }
}

module.exports = { keep }

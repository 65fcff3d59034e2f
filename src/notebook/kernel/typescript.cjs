'use strict'
module.exports = require('typescript')

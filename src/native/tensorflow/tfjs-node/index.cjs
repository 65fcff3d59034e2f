'use strict'
/*
 * danfojs-node asks for tfjs-node. It gets the very tfjs that the project uses, with whatever backend is in force in this process: pure JavaScript, or the
 * native one once loadTensorflow() has been called. Importing danfojs so never loads TensorFlow by itself, which would block a notebook and hold its card.
 */
module.exports = require('@tensorflow/tfjs')

export * from './network.js'
export { crossEntropy, predictLogits } from './predict.js'
export { checkWindows, type LabelledSequences, type SequenceData } from './sequence-data.js'
export * from './train-binary.js'

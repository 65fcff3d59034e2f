import { LabError } from '../core/index.js'

export const badSplit = (received: string, expected: string, help: string): LabError =>
  new LabError('bad-split', 'The folds cannot be cut like this.', { received, expected, help })

/**
 * The method by which an instance of a class tells what it holds, as plain values: two with equal content do the same. The step cache of notebooks compares by it
 * whether a step's inputs are those of an earlier run; a class without it cannot be an input of a step that is reused.
 */
export const CONTENT: unique symbol = Symbol.for('barlab.content') as never

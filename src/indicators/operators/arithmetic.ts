import { column, type Column } from '../column.js'

/**
 * Value by value. What is not finite (division by zero, the logarithm of nothing) is NaN: missing, not infinite.
 *
 * Here as in all operators the loop is a function of the module, not of the closure: closures are made anew for every stream and would be compiled anew.
 */

type Loop = (x: Float64Array, z: Float64Array, y: Float64Array, from: number, to: number) => void

const ofTwo = (name: string, loop: Loop) => {
  return (a: Column, b: Column): Column =>
    column({
      name,
      inputs: [a, b],
      start:
        ([x, z], [y]) =>
        (from, to) =>
          loop(x!, z!, y!, from, to),
    })
}

/** a + b */
export const add = ofTwo('add', (x, z, y, from, to) => {
  for (let i = from; i < to; i++) y[i] = x[i]! + z[i]!
})

/** a - b */
export const subtract = ofTwo('subtract', (x, z, y, from, to) => {
  for (let i = from; i < to; i++) y[i] = x[i]! - z[i]!
})

/** a * b */
export const multiply = ofTwo('multiply', (x, z, y, from, to) => {
  for (let i = from; i < to; i++) y[i] = x[i]! * z[i]!
})

/** a / b; NaN where b is 0. */
export const divide = ofTwo('divide', (x, z, y, from, to) => {
  for (let i = from; i < to; i++) {
    const d = z[i]!
    y[i] = d === 0 ? NaN : x[i]! / d
  }
})

/** ln(a / b); NaN unless both have the same sign. */
export const logRatio = ofTwo('log_ratio', (x, z, y, from, to) => {
  for (let i = from; i < to; i++) {
    const v = Math.log(x[i]! / z[i]!)
    y[i] = v - v === 0 ? v : NaN
  }
})

/** factor * a + offset */
export function scale(a: Column, factor: number, offset = 0): Column {
  return column({
    name: 'scale',
    inputs: [a],
    params: [factor, offset],
    start:
      ([x], [y]) =>
      (from, to) =>
        scaleEach(x!, y!, factor, offset, from, to),
  })
}

function scaleEach(x: Float64Array, y: Float64Array, factor: number, offset: number, from: number, to: number): void {
  for (let i = from; i < to; i++) y[i] = factor * x[i]! + offset
}

/** factorA * a + factorB * b */
export function weightedSum(a: Column, factorA: number, b: Column, factorB: number): Column {
  return column({
    name: 'weighted_sum',
    inputs: [a, b],
    params: [factorA, factorB],
    start:
      ([x, z], [y]) =>
      (from, to) =>
        weightEach(x!, factorA, z!, factorB, y!, from, to),
  })
}

function weightEach(x: Float64Array, p: number, z: Float64Array, q: number, y: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) y[i] = p * x[i]! + q * z[i]!
}

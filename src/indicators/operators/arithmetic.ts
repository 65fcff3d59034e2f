import type { Column } from '../column.js'
import { kernelColumn } from '../kernel-operator.js'

/** Value by value. What is not finite (division by zero, the logarithm of nothing) is NaN: missing, not infinite. */

const ofTwo = (kernel: string) => {
  return (a: Column, b: Column): Column => kernelColumn({ kernel, inputs: [a, b] })
}

/** a + b */
export const add = ofTwo('add')
/** a - b */
export const subtract = ofTwo('subtract')
/** a * b */
export const multiply = ofTwo('multiply')
/** a / b; NaN where b is 0. */
export const divide = ofTwo('divide')
/** ln(a / b); NaN unless both have the same sign. */
export const logRatio = ofTwo('log_ratio')

/** a^2 */
export const squared = (a: Column): Column => kernelColumn({ kernel: 'square', inputs: [a] })
/** Square root; 0 of what is less than 0 by rounding. */
export const rooted = (a: Column): Column => kernelColumn({ kernel: 'root', inputs: [a] })

/** factor * a + offset */
export function scale(a: Column, factor: number, offset = 0): Column {
  return kernelColumn({ kernel: 'scale', inputs: [a], params: [factor, offset] })
}

/** factorA * a + factorB * b */
export function weightedSum(a: Column, factorA: number, b: Column, factorB: number): Column {
  return kernelColumn({ kernel: 'weighted_sum', inputs: [a, b], params: [factorA, factorB] })
}

/** factor * part / whole; `otherwise` where the whole is 0. */
export function shareOf(part: Column, whole: Column, otherwise: number, factor = 1): Column {
  return kernelColumn({ kernel: 'share_or', inputs: [part, whole], params: [otherwise, factor] })
}

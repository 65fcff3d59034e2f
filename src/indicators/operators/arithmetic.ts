import { column, type Column } from '../column.js'

/** Value by value. What is not finite (division by zero, the logarithm of nothing) is NaN: missing, not infinite. */

const finite = (value: number): number => (value - value === 0 ? value : NaN)

export function add(a: Column, b: Column): Column {
  return column({
    name: 'add',
    inputs: [a, b],
    start: ([x, z], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) y![i] = x![i]! + z![i]!
      }
    },
  })
}

export function subtract(a: Column, b: Column): Column {
  return column({
    name: 'subtract',
    inputs: [a, b],
    start: ([x, z], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) y![i] = x![i]! - z![i]!
      }
    },
  })
}

export function multiply(a: Column, b: Column): Column {
  return column({
    name: 'multiply',
    inputs: [a, b],
    start: ([x, z], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) y![i] = x![i]! * z![i]!
      }
    },
  })
}

/** a / b; NaN where b is 0. */
export function divide(a: Column, b: Column): Column {
  return column({
    name: 'divide',
    inputs: [a, b],
    start: ([x, z], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const d = z![i]!
          y![i] = d === 0 ? NaN : x![i]! / d
        }
      }
    },
  })
}

/** factor * a + offset */
export function scale(a: Column, factor: number, offset = 0): Column {
  return column({
    name: 'scale',
    inputs: [a],
    params: [factor, offset],
    start: ([x], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) y![i] = factor * x![i]! + offset
      }
    },
  })
}

/** ln(a / b); NaN unless both have the same sign. */
export function logRatio(a: Column, b: Column): Column {
  return column({
    name: 'log_ratio',
    inputs: [a, b],
    start: ([x, z], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) y![i] = finite(Math.log(x![i]! / z![i]!))
      }
    },
  })
}

let functions = 0
const names = new WeakMap<object, string>()

/** Two functions are the same if they are the same object: a function made anew each time is computed anew each time. */
function nameOf(fn: object): string {
  let name = names.get(fn)
  if (name === undefined) names.set(fn, (name = `f${++functions}`))
  return name
}

/** fn(a), where `a` is a number. */
export function map(a: Column, fn: (a: number) => number, params: readonly number[] = []): Column {
  return column({
    name: nameOf(fn),
    inputs: [a],
    params,
    start: ([x], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const v = x![i]!
          y![i] = v === v ? finite(fn(v)) : NaN
        }
      }
    },
  })
}

/** fn(a, b), where both are numbers. */
export function map2(a: Column, b: Column, fn: (a: number, b: number) => number): Column {
  return column({
    name: nameOf(fn),
    inputs: [a, b],
    start: ([x, z], [y]) => {
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const v = x![i]!
          const w = z![i]!
          y![i] = v === v && w === w ? finite(fn(v, w)) : NaN
        }
      }
    },
  })
}

/** fn(values of all inputs), where all are numbers. The array is reused: read it, do not keep it. */
export function mapAll(inputs: readonly Column[], fn: (values: readonly number[]) => number): Column {
  return column({
    name: nameOf(fn),
    inputs,
    start: (x, [y]) => {
      const values = x.map(() => 0)
      return (from, to) => {
        for (let i = from; i < to; i++) {
          let whole = true
          for (let k = 0; k < values.length; k++) {
            const v = x[k]![i]!
            values[k] = v
            whole &&= v === v
          }
          y![i] = whole ? finite(fn(values)) : NaN
        }
      }
    },
  })
}

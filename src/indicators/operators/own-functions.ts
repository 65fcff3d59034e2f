import { column, type Column } from '../column.js'

/** Functions of your own, value by value: called only where all inputs are numbers; a result that is not finite is NaN. */

type Loop = (x: readonly Float64Array[], y: Float64Array, from: number, to: number) => void

const loops = new WeakMap<object, { name: string; loop: Loop }>()
let functions = 0

/**
 * The loop around a function, compiled for it alone: in a loop shared by all functions every value would be a call through a pointer and a number on the heap,
 * here V8 inlines the function. The text is made of counts only. Two functions are the same if they are the same object: one made anew each time is compiled and computed
 * anew each time.
 */
function loopOf(fn: object, arity: number, asList: boolean): { name: string; loop: Loop } {
  const made = loops.get(fn)
  if (made !== undefined) return made
  const name = `f${++functions}`
  const each = Array.from({ length: arity }, (_, k) => k)
  const list = (part: (k: number) => string, by: string): string => each.map(part).join(by)
  const text = `
    const values = new Array(${arity}).fill(0.5)
    return function ${name}(x, y, from, to) {
      const ${list((k) => `x${k} = x[${k}]`, ', ')}
      for (let i = from; i < to; i++) {
        const ${list((k) => `v${k} = x${k}[i]`, ', ')}
        let result = NaN
        if (${list((k) => `v${k} === v${k}`, ' && ')}) {
          ${asList ? list((k) => `values[${k}] = v${k}`, ';') : ''}
          const value = fn(${asList ? 'values' : list((k) => `v${k}`, ', ')})
          if (value - value === 0) result = value
        }
        y[i] = result
      }
    }`
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- nothing of the text comes from outside
  const entry = { name, loop: (new Function('fn', text) as (fn: object) => Loop)(fn) }
  loops.set(fn, entry)
  return entry
}

function mapped(inputs: readonly Column[], fn: object, params: readonly number[], asList = false): Column {
  const { name, loop } = loopOf(fn, inputs.length, asList)
  return column({
    name,
    inputs,
    params,
    start:
      (x, [y]) =>
      (from, to) =>
        loop(x, y!, from, to),
  })
}

/** fn(a) */
export function map(a: Column, fn: (a: number) => number, params: readonly number[] = []): Column {
  return mapped([a], fn, params)
}

/** fn(a, b) */
export function map2(a: Column, b: Column, fn: (a: number, b: number) => number): Column {
  return mapped([a, b], fn, [])
}

/** fn(a, b, c) */
export function map3(a: Column, b: Column, c: Column, fn: (a: number, b: number, c: number) => number): Column {
  return mapped([a, b, c], fn, [])
}

/** fn(a, b, c, d) */
export function map4(a: Column, b: Column, c: Column, d: Column, fn: (a: number, b: number, c: number, d: number) => number): Column {
  return mapped([a, b, c, d], fn, [])
}

/** fn(values of all inputs). The array is reused: read it, do not keep it. Up to four inputs are faster by {@link map} to {@link map4}. */
export function mapAll(inputs: readonly Column[], fn: (values: readonly number[]) => number): Column {
  return mapped(inputs, fn, [], true)
}

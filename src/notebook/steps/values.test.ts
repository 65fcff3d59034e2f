import fc from 'fast-check'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONTENT, DISPLAY, type Displayable } from '../../core/index.js'
import { Unsuitable } from './plain-values.js'
import { digestValue } from './value-digest.js'
import { readValues, writeValues } from './value-file.js'

const RUN = '/project/runs/20260101-120000-a-0001'
const OTHER = '/project/runs/20260101-120000-a-0002'

/** Values as steps have them; strings that look like the marks of the file are among them. */
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null, true, false, NaN, -0, 0, Infinity),
    fc.double(),
    fc.string(),
    fc.constantFrom(RUN, `${RUN}/fits/a`, '\u00000', '\u00001x', '\u0000', 'a\u0000\u00002'),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.float64Array(),
    fc.int32Array(),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
    fc.array(fc.tuple(fc.string(), tie('value'))).map((entries) => new Map(entries)),
    fc.array(fc.string()).map((members) => new Set(members)),
  ),
})).value

describe('values of a step', () => {
  it('come back equal, with equal digests', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, async (value) => {
        const back = readValues(await writeValues({ value }, RUN), RUN)
        expect(back).toEqual({ value })
        expect(digestValue(back.value, 'value', RUN)).toBe(digestValue(value, 'value', RUN))
      }),
    )
  })

  it('name files of the run that reads them', async () => {
    const value = { folder: RUN, fits: [join(RUN, 'fits', 'a')], id: `of ${basename(RUN)}`, elsewhere: '/project/runs' }
    const back = readValues(await writeValues({ value }, RUN), OTHER).value
    expect(back).toEqual({ folder: OTHER, fits: [join(OTHER, 'fits', 'a')], id: `of ${basename(OTHER)}`, elsewhere: '/project/runs' })
    expect(digestValue(back, 'value', OTHER)).toBe(digestValue(value, 'value', RUN))
  })

  it('have keys and displays of the run that reads them', async () => {
    const value = {
      [RUN]: 1,
      z: { [`of ${basename(RUN)}`]: 2, '\u00001': 3 },
      [DISPLAY]: () => ({ 'text/plain': RUN, 'a/b': { [RUN]: RUN } }),
    }
    const back = readValues(await writeValues({ value }, RUN), OTHER).value as Displayable
    expect(back).toEqual({ [OTHER]: 1, z: { [`of ${basename(OTHER)}`]: 2, '\u00001': 3 } })
    expect(Object.keys(back)).toEqual([OTHER, 'z'])
    expect(await back[DISPLAY]()).toEqual({ 'text/plain': OTHER, 'a/b': { [OTHER]: OTHER } })
    expect(digestValue(back, 'value', OTHER)).toBe(digestValue(value, 'value', RUN))
  })

  it('stay one where they were one, cycles included', async () => {
    const shared = Float64Array.of(1, 2)
    const a: Record<string, unknown> = { shared: [shared] }
    a.self = a
    const back = readValues(await writeValues({ a, b: a }, RUN), RUN) as { a: Record<string, unknown>; b: unknown }
    expect(back.b).toBe(back.a)
    expect(back.a.self).toBe(back.a)
    expect(digestValue(back.a, 'a')).toBe(digestValue(a, 'a'))
  })

  it('go on showing what they showed, at every depth', async () => {
    const show = (text: string): object => ({ text, [DISPLAY]: () => Promise.resolve({ 'text/plain': text }) })
    const value = { ...show('outer'), inner: show('inner') }
    const back = readValues(await writeValues({ value }, RUN), RUN).value as Displayable & { inner: Displayable }
    expect(await back[DISPLAY]()).toEqual({ 'text/plain': 'outer' })
    expect(await back.inner[DISPLAY]()).toEqual({ 'text/plain': 'inner' })
  })

  it('keep the order of keys, which tables show', async () => {
    const value = { b: 1, a: 2 }
    const back = readValues(await writeValues({ value }, RUN), RUN).value
    expect(Object.keys(back as object)).toEqual(['b', 'a'])
    expect(digestValue({ a: 2, b: 1 }, 'value')).not.toBe(digestValue(value, 'value'))
  })

  it.each<[string, unknown, string]>([
    ['a function', { a: [() => 1] }, 'value.a[0] is a function'],
    ['a symbol', { a: Symbol('x') }, 'value.a is a symbol'],
    ['an instance', new Map([['k', new (class Made {})()]]), 'value.get(k) is a Made'],
    ['an error', { why: new TypeError('x') }, 'value.why is a TypeError'],
    ['a map that is more', [new (class Count extends Map {})()], 'value[0] is a Count'],
    ['a list that is more', [new (class Rows extends Array {})()], 'value[0] is a Rows'],
    ['a column that is more', [new (class Column extends Float64Array {})(1)], 'value[0] is a Column'],
    ['a search', [Object.assign(/a/g, { lastIndex: 1 })], 'value[0] is a regular expression amid a search'],
    ['a promise', Promise.resolve(1), 'value is a Promise'],
    ['a hole', [[1, , 2]], 'value[0] is an array with holes or with keys of its own'],
    ['an array that is more', { match: /a/.exec('a') }, 'value.match is an array with holes or with keys of its own'],
    [
      'a getter',
      {
        a: {
          get b() {
            return 1
          },
        },
      },
      'value.a.b is no plain property',
    ],
    ['an object without prototype', { a: Object.create(null) as unknown }, 'value.a is an object without prototype'],
  ])('are refused with the way to %s', async (_what, value, message) => {
    expect(() => digestValue(value, 'value')).toThrow(new Unsuitable(...(message.split(' is ') as [string, string])))
    await expect(writeValues({ value }, RUN)).rejects.toThrow(message)
  })
})

describe('digestValue', () => {
  it('takes values as deep and as long as they like', () => {
    let list: unknown = null
    for (let i = 0; i < 200_000; i++) list = { next: list }
    expect(digestValue(list, 'v')).toHaveLength(64)
    const numbers = Array.from({ length: 1e6 }, (_, i) => i / 3)
    expect(digestValue(numbers, 'v')).not.toBe(digestValue([...numbers.slice(0, 5), 0, ...numbers.slice(6)], 'v'))
  })

  it.each<[string, unknown, unknown]>([
    ['a number and its text', 1, '1'],
    ['0 and -0', 0, -0],
    ['null and undefined', null, undefined],
    ['a missing key and undefined', {}, { a: undefined }],
    ['an array and an object', [1], { 0: 1 }],
    ['other nesting', [[1], []], [[], [1]]],
    ['text cut elsewhere', ['ab', 'c'], ['a', 'bc']],
    ['kinds of numbers', Float64Array.of(1), Float32Array.of(1)],
    ['a map and an object', new Map([['a', 1]]), { a: 1 }],
    ['a path of the run and its rest', `${RUN}/x`, '/x'],
    ['one bit of one number', Float64Array.of(1, 2), Float64Array.of(1, 2 + Number.EPSILON * 2)],
  ])('tells %s apart', (_what, a, b) => {
    expect(digestValue(a, 'v', RUN)).not.toBe(digestValue(b, 'v', RUN))
  })

  it('takes the content of a class that gives it, and names the class', () => {
    class Engine {
      #hidden = 1
      constructor(readonly size: number) {}
      [CONTENT](): unknown {
        return { size: this.size + this.#hidden }
      }
    }
    const classes = new Set<unknown>()
    expect(digestValue({ e: new Engine(1) }, 'v', undefined, classes)).toBe(digestValue({ e: new Engine(1) }, 'v'))
    expect(digestValue({ e: new Engine(1) }, 'v')).not.toBe(digestValue({ e: new Engine(2) }, 'v'))
    expect([...classes]).toEqual([Engine])
  })
})

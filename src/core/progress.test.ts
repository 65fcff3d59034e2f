import { afterEach, describe, expect, it } from 'vitest'
import { DISPLAY, display, displayBundle, inNotebook, type DisplayOptions, type MimeBundle } from './display.js'
import { setProgressSink, startProgress, type ProgressEvent } from './progress.js'

const target = globalThis as { __labDisplay?: (data: MimeBundle, options?: DisplayOptions) => void }
afterEach(() => {
  setProgressSink(undefined)
  delete target.__labDisplay
})

describe('progress', () => {
  it('tells the start and the end always, the middle at most every interval', () => {
    const events: ProgressEvent[] = []
    setProgressSink((event) => events.push(event))
    const progress = startProgress('fits', 100, 1e9)
    for (let i = 1; i <= 100; i++) progress.update(i)
    progress.close('done')
    progress.close('twice')
    expect(events.map((e) => [e.done, e.finished, e.detail])).toEqual([
      [0, false, undefined],
      [100, true, 'done'],
    ])
  })

  it('redraws one output in a notebook', () => {
    const calls: [MimeBundle, DisplayOptions | undefined][] = []
    target.__labDisplay = (data, options) => calls.push([data, options])
    expect(inNotebook()).toBe(true)
    const progress = startProgress('fits <1>', 2, 0)
    progress.update(1)
    progress.close()
    expect(calls.map(([, o]) => o?.update)).toEqual([false, true, true])
    expect(new Set(calls.map(([, o]) => o?.id)).size).toBe(1)
    expect(String(calls[0]![0]['text/html'])).toContain('fits &#60;1&#62;')
  })
})

describe('display', () => {
  it('asks a value for its bundle and shows the others as Node prints them', async () => {
    const shown: MimeBundle[] = []
    target.__labDisplay = (data) => shown.push(data)
    await display({ [DISPLAY]: () => ({ 'text/plain': 'own' }) })
    await display({ a: 1 })
    displayBundle({ 'text/plain': 'raw' })
    expect(shown.map((b) => b['text/plain'])).toEqual(['own', '{ a: 1 }', 'raw'])
  })
})

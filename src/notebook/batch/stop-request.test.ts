import { afterEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../core/index.js'
import { StopRequest } from './stop-request.js'

describe('a wish to stop', () => {
  const open: StopRequest[] = []
  const clock = manualClock(0)
  const request = (timeoutMs?: number, outside?: AbortSignal): StopRequest => {
    const made = new StopRequest(timeoutMs, outside, clock)
    open.push(made)
    return made
  }
  afterEach(() => {
    for (const made of open.splice(0)) made.close()
  })
  const interrupt = (): boolean => process.emit('SIGINT', 'SIGINT')

  it('is passed on with its reason', () => {
    const around = request()
    const inside = request(undefined, around.signal)
    expect(inside.reason).toBeUndefined()
    interrupt()
    expect(around.reason).toBe('stopped by SIGINT')
    expect(inside.reason).toBe('stopped by SIGINT')
  })

  it('of one signal is one wish, also where two wait for it or npm repeats it; the second signal is the one without grace', () => {
    const around = request()
    const inside = request(undefined, around.signal)
    let again = 0
    inside.onAgain = () => void (again += 1)
    interrupt()
    clock.advance(30)
    interrupt()
    expect(again).toBe(0)
    clock.advance(1000)
    interrupt()
    expect(again).toBe(1)
  })

  it('that has been asked before says so at once', () => {
    expect(request(undefined, AbortSignal.abort('enough')).reason).toBe('enough')
    expect(request(undefined, AbortSignal.abort()).reason).toBe('stopped by the program that started it')
  })

  it('comes from the time limit, and a signal after that is the second', async () => {
    const limited = request(1)
    expect(await limited.asked).toBe('the time limit of 0.001 s was reached')
    let again = 0
    limited.onAgain = () => void (again += 1)
    interrupt()
    expect(again).toBe(1)
  })
})

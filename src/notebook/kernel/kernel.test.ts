import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isAlive, processIdentity, projectPath } from '../../core/index.js'
import { KernelProcess } from './kernel-client.js'
import type { CellMessage, ErrorContent, ExecuteReply } from './protocol.js'

/** Test notebooks and the modules they import lie in a folder of the project, as a researcher's do. */
mkdirSync(projectPath('.cache', 'tests'), { recursive: true })
const folder = mkdtempSync(projectPath('.cache', 'tests', 'kernel-'))
const put = (name: string, text: string): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), text)
}

interface Ran {
  readonly reply: ExecuteReply
  readonly messages: CellMessage[]
  readonly stdout: string
  readonly result: unknown
  readonly error: ErrorContent | undefined
}

let kernel: KernelProcess
/** @param onMessage called for everything that the cell shows, while it runs */
async function run(code: string, onMessage?: (message: CellMessage) => void): Promise<Ran> {
  const messages: CellMessage[] = []
  const reply = await kernel.execute(code, (message) => {
    messages.push(message)
    onMessage?.(message)
  })
  const stdout = messages.map((m) => (m.type === 'stream' && m.content.name === 'stdout' ? m.content.text : '')).join('')
  const result = messages.flatMap((m) => (m.type === 'execute_result' ? [m.content.data['text/plain']] : []))[0]
  const error = messages.flatMap((m) => (m.type === 'error' ? [m.content] : []))[0]
  return { reply, messages, stdout, result, error }
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('one kernel', () => {
  beforeAll(async () => {
    mkdirSync(join(folder, 'notebooks'), { recursive: true })
    kernel = await KernelProcess.start({ cwd: join(folder, 'notebooks') })
  })
  afterAll(() => kernel.close())

  it('shows the last expression, and nothing for a statement or undefined', async () => {
    expect((await run('const a = 20\na + 1')).result).toBe('21')
    expect((await run('const b = a')).messages).toEqual([])
    expect((await run('undefined')).messages).toEqual([])
    expect((await run('null')).result).toBe('null')
    expect((await run('"text"')).result).toBe('text')
  })

  it('lets a later cell use names of earlier ones in the short form of an object', async () => {
    await run('let seed = 7\nconst word = "x"')
    expect((await run('const own = 1\nJSON.stringify({ seed, word, own, nested: { seed } })')).result).toBe(
      '{"seed":7,"word":"x","own":1,"nested":{"seed":7}}',
    )
    expect((await run('seed = 8\nJSON.stringify([{ seed }])')).result).toBe('[{"seed":8}]')
  })

  it('lets a later cell declare a name again, with another type, and keeps imports replaceable', async () => {
    await run('const name = 1')
    expect((await run('const name = "one"; name.length')).result).toBe('3')
    await run('import { join } from "node:path"')
    expect((await run('join("a", "b")')).result).toBe('a/b')
    expect((await run('const join = 5; join')).result).toBe('5')
  })

  it('runs modern TypeScript: top-level await, for await, using, dynamic import, JSON', async () => {
    put('modern.json', '{"answer": 42}')
    const code = `
      async function* three() { for (let i = 1; i <= 3; i++) yield i }
      let sum = 0
      for await (const i of three()) sum += i
      const log: string[] = []
      { using held = { [Symbol.dispose]() { log.push('released') } } }
      const path = await import('node:path')
      import data from '../modern.json'
      ;[sum, log[0], path.basename('/x/y'), data.answer].join(' ')`
    expect((await run(code)).result).toBe('6 released y 42')
  })

  it('imports packages that are ES modules only, typed', async () => {
    const code = `
      import { z } from 'zod'
      import { parse } from 'yaml'
      import * as aq from 'arquero'
      const size: number = aq.table({ x: [1, 2, 3] }).filter((d: { x: number }) => d.x > 1).numRows()
      z.object({ a: z.number() }).parse(parse('a: 1')).a + size`
    const ran = await run(code)
    expect(ran.error).toBeUndefined()
    expect(ran.result).toBe('3')
  })

  it('imports project files: cycles, a file named like a package, a folder, a file with an inner dot', async () => {
    put('src/even.ts', `import { isOdd } from './odd.js'\nexport const isEven = (n: number): boolean => n === 0 || isOdd(n - 1)\n`)
    put('src/odd.ts', `import { isEven } from './even.js'\nexport const isOdd = (n: number): boolean => n !== 0 && isEven(n - 1)\n`)
    put('src/yaml.ts', `export const mine = true\n`)
    put('src/reads.ts', `import { parse } from 'yaml'\nimport { mine } from './yaml.js'\nexport const both = [parse('7'), mine]\n`)
    put('src/room/index.ts', `export const room = 'room'\n`)
    put('src/a.config.ts', `export const dotted = 'dotted'\n`)
    const code = `
      import { isEven } from '../src/even.js'
      import { both } from '../src/reads.js'
      import { room } from '../src/room'
      import { dotted } from '../src/a.config.js'
      ;[isEven(10), ...both, room, dotted].join(' ')`
    expect((await run(code)).result).toBe('true 7 true room dotted')
  })

  it('loads all project files again when one has changed, and one that was missing when it appears', async () => {
    put('src/base.ts', 'export const base = 1\n')
    put('src/user.ts', `import { base } from './base.js'\nexport const doubled = base * 2\n`)
    const code = `import { doubled } from '../src/user.js'\ndoubled`
    expect((await run(code)).result).toBe('2')
    put('src/base.ts', 'export const base = 21 // changed\n')
    const after = await run(code)
    expect(after.result).toBe('42')
    expect(after.reply.status).toBe('ok')
    // A headless run says it and goes on: imports of earlier cells keep the code that the run began with.
    const texts = (ran: Ran) => ran.messages.flatMap((m) => (m.type === 'display_data' ? [m.content.data['text/plain']] : []))
    expect(texts(after)).toEqual([expect.stringMatching(/base\.ts changed while this notebook runs: cells that have imported before keep/)])
    expect(texts(await run(code))).toEqual([])

    const missing = `import { late } from '../src/late.js'\nlate`
    expect((await run(missing)).error?.ename).toBe('TypeScriptError')
    put('src/late.ts', 'export const late = "here"\n')
    expect((await run(missing)).result).toBe('here')
  })

  it('refuses a type error in a cell, and does not run the cell', async () => {
    const { error, stdout } = await run('console.log("ran")\nconst n: number = "seven"')
    expect(stdout).toBe('')
    expect(error).toMatchObject({
      ename: 'TypeScriptError',
      evalue: expect.stringMatching(/^cell \d+, line 2, column 7: Type 'string' is not assignable to type 'number'\.$/) as string,
    })
  })

  it('refuses a type error in a project file, until it is mended', async () => {
    put('src/wrong.ts', '\n\nexport const wrong: number = "x"\n')
    const code = `import { wrong } from '../src/wrong.js'\nwrong`
    const { error } = await run(code)
    expect(error?.evalue).toMatch(/^\.cache\/tests\/kernel-\w+\/src\/wrong\.ts:3:14: Type 'string' is not assignable/)
    expect((await run(code)).error?.evalue).toBe(error?.evalue)
    put('src/wrong.ts', 'export const wrong: number = 8\n')
    expect((await run(code)).result).toBe('8')
  })

  it('shows a thrown error with lines of the TypeScript, relative to the project', async () => {
    put(
      'src/thrower.ts',
      `interface Unused {\n  a: number\n}\n\nexport function thrower(): never {\n  throw new RangeError('too far')\n}\n`,
    )
    const { error, reply } = await run(
      `import { thrower } from '../src/thrower.js'\ninterface Gone { a: string }\nfunction f(): void {\n  thrower()\n}\n\nf()`,
    )
    const n = (reply as { execution_count: number }).execution_count
    expect(error?.ename).toBe('RangeError')
    expect(error?.evalue).toBe('too far')
    expect(error?.traceback[0]).toBe('RangeError: too far')
    expect(error?.traceback[1]).toMatch(/^ {4}at (.* \()?\.cache\/tests\/kernel-\w+\/src\/thrower\.ts:6:9\)?$/)
    expect(error?.traceback.slice(2)).toEqual([`    at f (cell ${n}, line 4)`, `    at cell ${n}, line 7`])
    expect(JSON.stringify(error)).not.toContain(projectPath())
  })

  it('shows a LabError in its own form, and its fields', async () => {
    const { error } = await run(
      `import { LabError } from '${'../'.repeat(4)}src/core/index.js'\nthrow new LabError('too-few-bars', 'Too few bars.', { received: '3', expected: 'at least 10', help: 'use more' })`,
    )
    expect(error).toMatchObject({
      ename: 'LabError',
      evalue: 'Too few bars.',
      lab: { code: 'too-few-bars', received: '3', help: 'use more' },
    })
    expect(error?.traceback.slice(0, 4)).toEqual([
      'Too few bars. [too-few-bars]',
      '  received: 3',
      '  expected: at least 10',
      '  next:     use more',
    ])
  })

  it('shows causes, and thrown values that are no errors', async () => {
    const caused = await run(`throw new Error('outer', { cause: new TypeError('inner') })`)
    expect(caused.error?.traceback.join('\n')).toMatch(/^Error: outer\n[^]*caused by:\nTypeError: inner/)
    expect((await run(`throw { code: 7 }`)).error).toMatchObject({ ename: 'Thrown', evalue: '{ code: 7 }' })
  })

  it('keeps the results of cells that are queued, and aborts those behind one that fails', async () => {
    const five = await Promise.all([1, 2, 3, 4, 5].map((n) => run(`${n} * 10`)))
    expect(five.map((ran) => ran.result)).toEqual(['10', '20', '30', '40', '50'])
    const after = await Promise.all([run('await Promise.resolve(); throw new Error("stop")'), run('1'), run('2')])
    expect(after.map((ran) => ran.reply.status)).toEqual(['error', 'aborted', 'aborted'])
    expect((await run('"goes on"')).result).toBe('goes on')
  })

  it('shows MIME bundles, updates them by id, and asks values for theirs', async () => {
    const { messages } = await run(`
      import { DISPLAY, displayBundle, startProgress } from '${'../'.repeat(4)}src/core/index.js'
      import * as tslab from 'tslab'
      displayBundle({ 'text/html': '<b>1</b>', 'text/plain': '1' }, { id: 'one' })
      displayBundle({ 'text/html': '<b>2</b>', 'text/plain': '2' }, { id: 'one', update: true })
      tslab.display.html('<i>tslab</i>')
      const bar = startProgress('work', 2)
      bar.close('done')
      const figure = { [DISPLAY]: () => ({ 'application/vnd.plotly.v1+json': { data: [], layout: {} }, 'image/svg+xml': '<svg/>', 'text/plain': 'Figure' }) }
      figure`)
    expect(messages.map((m) => m.type)).toEqual([
      'display_data',
      'update_display_data',
      'display_data',
      'display_data',
      'update_display_data',
      'execute_result',
    ])
    expect(messages[0]?.content).toEqual({
      data: { 'text/html': '<b>1</b>', 'text/plain': '1' },
      metadata: {},
      transient: { display_id: 'one' },
    })
    expect(messages[1]?.content).toMatchObject({ data: { 'text/plain': '2' }, transient: { display_id: 'one' } })
    expect(messages[2]?.content).toMatchObject({ data: { 'text/html': '<i>tslab</i>' } })
    expect(Object.keys((messages[5]?.content as { data: object }).data)).toEqual([
      'application/vnd.plotly.v1+json',
      'image/svg+xml',
      'text/plain',
    ])
  })

  it('streams stdout and stderr while a cell runs, bytes of one character in two writes included', async () => {
    const { messages } = await run(
      `const euro = Buffer.from('€')\nprocess.stdout.write(euro.subarray(0, 1)); process.stdout.write(euro.subarray(1)); console.error('to stderr')`,
    )
    expect(messages.map((m) => (m.type === 'stream' ? `${m.content.name} ${m.content.text}` : m.type))).toEqual([
      'stdout €',
      'stderr to stderr\n',
    ])
  })

  it('runs a long loop in src/ as fast as a plain function of the same process', async () => {
    put(
      'src/sums.ts',
      `export function sum(x: Float64Array): number {\n  let s = 0\n  for (let i = 0; i < x.length; i++) s += x[i]!\n  return s\n}\n`,
    )
    const { result, error } = await run(`
      import { sum } from '../src/sums.js'
      const values = new Float64Array(1e7).fill(0.5)
      const plain = new Function('x', 'let s = 0; for (let i = 0; i < x.length; i++) s += x[i]; return s') as (x: Float64Array) => number
      function best(f: (x: Float64Array) => number): number {
        let least = Infinity
        for (let i = 0; i < 9; i++) { const t = performance.now(); if (f(values) !== 5e6) throw new Error('wrong'); least = Math.min(least, performance.now() - t) }
        return least
      }
      best(sum) / best(plain)`)
    expect(error).toBeUndefined()
    expect(Number(result)).toBeLessThan(3)
  })

  it('interrupts a synchronous loop', async () => {
    const { error } = await run('console.log("started")\nwhile (true) {}', () => kernel.interrupt())
    expect(error?.ename).toBe('KeyboardInterrupt')
    expect((await run('"alive"')).result).toBe('alive')
  })

  it('interrupts a cell that awaits: the signal is aborted, and the cell ends when its work has', async () => {
    await run(`import { interruptSignal } from '${'../'.repeat(4)}src/core/index.js'`)
    const code = `
      const signal = interruptSignal()!
      await new Promise((resolve) => setTimeout(resolve, 10)) // from here on the cell waits; before, a signal stops it at once
      console.log('waiting')
      while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5))
      console.log('saved')`
    const { error, stdout } = await run(code, (message) => {
      if (JSON.stringify(message).includes('waiting')) kernel.interrupt()
    })
    expect(stdout).toBe('waiting\nsaved\n')
    expect(error).toMatchObject({ ename: 'KeyboardInterrupt', evalue: 'The cell was interrupted.' })
    // The next cell has a signal of its own.
    expect((await run('interruptSignal()!.aborted')).result).toBe('false')
  })

  it('goes on without a cell that does not stop, when interrupted twice, and says so', async () => {
    const code = `
      const signal = interruptSignal()!
      signal.addEventListener('abort', () => setTimeout(() => console.log('asked'), 600))
      await new Promise((resolve) => setTimeout(resolve, 10))
      console.log('started')
      await new Promise(() => {})`
    const { error } = await run(code, (message) => {
      if (message.type === 'stream') kernel.interrupt()
    })
    expect(error?.evalue).toContain('may go on in the background')
  })

  it('reports what throws outside of a cell', async () => {
    await run(
      `setTimeout(() => { throw new Error('late') }, 0)\nvoid Promise.reject(new Error('nobody waits'))\nawait new Promise((resolve) => setTimeout(resolve, 100))`,
    )
    expect(kernel.lateErrors.map((error) => error.evalue).sort()).toEqual(['late', 'nobody waits'])
  })
})

describe('starting and ending', () => {
  afterEach(() => kernel?.close())

  it('works in any folder of the project, the root included', async () => {
    kernel = await KernelProcess.start({ cwd: projectPath() })
    expect((await run(`import { EXIT } from './src/core/index.js'\nEXIT.interrupted`)).result).toBe('75')
  })

  it('refuses a folder outside the project', async () => {
    const raw: string[] = []
    await expect(KernelProcess.start({ cwd: tmpdir(), onRawOutput: (text) => raw.push(text) })).rejects.toMatchObject({
      code: 'kernel-start-failed',
      message: expect.stringContaining('outside the project') as string,
      received: tmpdir(),
    })
  })

  it('says that it died when a cell ends the process', async () => {
    kernel = await KernelProcess.start({ cwd: folder })
    await expect(kernel.execute('process.exit(3)')).rejects.toMatchObject({ code: 'kernel-died', received: 'exit code 3' })
    await expect(kernel.execute('1')).rejects.toMatchObject({ code: 'kernel-died' })
  })

  it('leaves nothing behind: processes started by a cell end with the kernel', async () => {
    kernel = await KernelProcess.start({ cwd: folder })
    const { result } = await run(`import { spawn } from 'node:child_process'\nspawn('sleep', ['600']).pid`)
    const child = processIdentity(Number(result))
    expect(isAlive(child)).toBe(true)
    await kernel.close()
    await expect.poll(() => isAlive(child)).toBe(false)
  })
})

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../../core/index.js'
import { jupyterEnv } from '../lab-command.js'

const python = projectPath('.venv', 'bin', 'python')
const missing = existsSync(projectPath('.venv', 'bin', 'jupyter')) ? undefined : 'no Jupyter in .venv (npm run setup)'
if (missing !== undefined) process.stderr.write(`skipped: the kernel over Jupyter's sockets: ${missing}\n`)

describe.skipIf(missing !== undefined)("the kernel over Jupyter's sockets", () => {
  it('answers a frontend: results, errors, completion, hover, and aborts what is queued behind an error', () => {
    const folder = projectPath('.cache', 'tests', 'sockets')
    mkdirSync(folder, { recursive: true })
    const script = projectPath('test', 'fixtures', 'kernel_over_sockets.py')
    const got = JSON.parse(execFileSync(python, [script, folder], { env: jupyterEnv(), timeout: 110_000 }).toString()) as unknown
    expect(got).toMatchObject({
      value: { status: 'ok', shown: [['execute_result', { data: { 'text/plain': '3' } }]] },
      error: {
        status: 'error',
        shown: [
          [
            'error',
            {
              ename: 'RangeError',
              evalue: 'too far',
              traceback: ['RangeError: too far', expect.stringMatching(/^ {4}at cell \d+, line 1$/) as string],
            },
          ],
        ],
      },
      completion: { matches: ['forEach'], cursor_start: 7, cursor_end: 9 },
      hover: { found: true, data: { 'text/plain': 'const closes: number[]' } },
      info: { status: 'ok', language_info: { name: 'typescript', version: '5.9.3' } },
      queued: ['ok', 'error', 'aborted'],
    })
    const { change } = got as { change: unknown }
    const notice = (lines: RegExp): string => expect.stringMatching(lines) as string
    expect(change).toEqual({
      imported: ['2'],
      'saved as it was': ['2'],
      changed: [
        notice(
          /^\.cache\/tests\/sockets\/deep\.ts changed: loaded again with all that imports it\. twice, Box now mean the new code\.\nValues made before still belong to the old code: .*restart the kernel/,
        ),
        '[ 42, false ]',
      ],
      once: ['42'],
      broken: [notice(/deep\.ts changed, and cannot be loaded: half written\nThe notebook goes on with the code from before\./), '1'],
      mended: [notice(/deep\.ts changed: loaded again/), '8'],
    })
  })
})

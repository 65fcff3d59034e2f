import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DISPLAY, isAlive, processIdentity, projectPath, projectRoot } from '../core/index.js'
import { hasPython, runFormula, studyOptions, studyPlace } from './study.fixture.js'
import { StudyDashboard } from './study-dashboard.js'

if (!hasPython) process.stderr.write('dashboard tests are skipped: no Python environment (npm run setup)\n')
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined).catch((error: unknown) => error)

describe.skipIf(!hasPython)('the dashboard', () => {
  const place = studyPlace()
  beforeAll(async () => void (await runFormula(studyOptions(place.storage), { trials: 4 })))
  afterAll(() => place.remove())

  it('shows studies on this machine alone, takes only a free port, and ends', async () => {
    const dashboard = await StudyDashboard.open({ storage: place.storage })
    const { study_summaries: studies } = (await (await fetch(`${dashboard.url}/api/studies`)).json()) as { study_summaries: object[] }
    expect(studies).toMatchObject([{ study_name: 'formula' }])
    expect(dashboard.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(dashboard[DISPLAY]()['text/html']).toContain(`href="${dashboard.url}/dashboard"`)
    // A name of another site that points here.
    const port = Number(new URL(dashboard.url).port)
    const foreign = request({ host: '127.0.0.1', port, path: '/api/studies', headers: { host: 'elsewhere.example' } }).end()
    const [answer] = (await once(foreign, 'response')) as [{ statusCode: number; resume(): void }]
    answer.resume()
    expect(answer.statusCode).toBe(403)
    expect(await failure(StudyDashboard.open({ storage: place.storage, port }))).toMatchObject({
      code: 'port-taken',
      received: String(port),
    })
    const identity = processIdentity(dashboard.pid)
    await dashboard.close()
    await dashboard.close()
    expect(isAlive(identity)).toBe(false)
    expect(await failure(StudyDashboard.open({ storage: `${place.storage}.nowhere` }))).toMatchObject({ code: 'no-database', exitCode: 2 })
  })

  it('ends with the process that opened it, also when that is killed', async () => {
    const loader = pathToFileURL(createRequire(projectPath('package.json')).resolve('tsx')).href
    const parent = spawn(process.execPath, ['--import', loader, projectPath('test/fixtures/dashboard-parent.ts'), place.storage], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, BARLAB_ROOT: projectRoot() },
    })
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
    const identity = processIdentity(Number(line))
    expect(isAlive(identity)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isAlive(identity), { timeout: 20_000 }).toBe(false)
  })
})

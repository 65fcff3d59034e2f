import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'
import { afterAll, describe, expect, it } from 'vitest'
import { sampleFigures } from '../../../test/fixtures/sample-figures.js'
import { projectPath } from '../../core/index.js'
import { closeRenderer, renderPng, renderSvg } from './render.js'
import { RendererProcess } from './renderer-process.js'

afterAll(closeRenderer)

const line = {
  name: 'line',
  data: [{ type: 'scatter', mode: 'lines', x: [1, 2, 3], y: [1, 3, 2] }],
  layout: { title: { text: 'A line' }, height: 300 },
}
const request = { name: 'line', spec: line, width: 400, height: 300, format: 'svg', scale: 1 } as const

describe('renderSvg', () => {
  it('draws every plot of the project, the same each time', async () => {
    const figures = sampleFigures(3000)
    const [first, second] = [await renderSvg(figures), await renderSvg(figures)]
    expect(second).toEqual(first)
    for (const [i, svg] of first.entries()) {
      expect(svg.length, figures[i]!.name).toBeLessThan(250_000)
      const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window
      expect(document.documentElement.tagName).toBe('svg')
      expect(document.querySelectorAll('path, rect.bar, image').length).toBeGreaterThan(1)
      expect(svg).not.toMatch(/NaN|>undefined|TOBESTRIPPED/)
    }
  })

  it('draws the next figure after one that cannot be drawn', async () => {
    const broken = { ...line, name: 'broken', layout: { xaxis: 5 } }
    const results = await Promise.allSettled([renderSvg([broken]), renderSvg([line])])
    expect(results[0]).toMatchObject({ status: 'rejected', reason: { code: 'picture-failed' } })
    expect(results[1].status).toBe('fulfilled')
  })

  it('refuses at once what needs WebGL, rather than drawing an empty picture', async () => {
    for (const type of ['scatter3d', 'surface', 'scattergl', 'parcoords'])
      await expect(renderSvg([{ ...line, data: [{ type }] }])).rejects.toMatchObject({
        code: 'picture-needs-webgl',
        received: expect.stringContaining(type) as string,
      })
  })

  it('gives room to the labels of the axes', async () => {
    const long = 'a feature with a rather long name'
    const [svg] = await renderSvg([
      { name: 'room', data: [{ type: 'bar', orientation: 'h', x: [1], y: [long] }], layout: { yaxis: { automargin: true } } },
    ])
    const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window
    const label = [...document.querySelectorAll('text')].find((text) => text.textContent === long)!
    expect(Number(label.getAttribute('x'))).toBeGreaterThan(150)
  })
})

describe('renderPng', () => {
  it('has the size that was asked for', async () => {
    const [png] = await renderPng([line], { width: 500, scale: 2 })
    const bytes = Buffer.from(png!)
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1000, 600])
  })
})

describe('RendererProcess', () => {
  it('says why when it is killed, and is replaced', async () => {
    const renderer = RendererProcess.open()
    await renderer.draw(request)
    const waiting = renderer.draw(request)
    process.kill(renderer.pid!, 'SIGKILL')
    await expect(waiting).rejects.toMatchObject({ code: 'picture-process', received: expect.stringContaining('SIGKILL') as string })
    expect(renderer.closed).toBe(true)
    renderer.close()
  })

  it('fails with the reason when it cannot start', async () => {
    const renderer = RendererProcess.open(projectPath('src', 'report', 'picture', 'no-such-file.mjs'))
    await expect(renderer.draw(request)).rejects.toMatchObject({
      code: 'picture-process',
      received: expect.stringContaining('no-such-file') as string,
    })
  })

  it('neither keeps its parent alive nor outlives it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'barlab-renderer-'))
    const script = join(folder, 'parent.mjs')
    const module = projectPath('src', 'report', 'picture', 'renderer-process.ts')
    writeFileSync(
      script,
      `import { RendererProcess } from ${JSON.stringify(module)}
       const renderer = RendererProcess.open()
       await renderer.draw(${JSON.stringify(request)})
       console.log(renderer.pid)`,
    )
    try {
      const ended = spawnSync(process.execPath, ['--import', 'tsx', script], { cwd: projectPath(), encoding: 'utf8', timeout: 60_000 })
      expect(ended.stderr).toBe('')
      expect(ended.status).toBe(0)
      const pid = Number(ended.stdout.trim())
      expect(pid).toBeGreaterThan(0)
      // Its channel closed with the parent: it ends as soon as it reads that.
      expect(waitUntilGone(pid)).toBe(true)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

function waitUntilGone(pid: number): boolean {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  }
  return false
}

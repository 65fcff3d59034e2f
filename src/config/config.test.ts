import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { formatError } from '../core/index.js'
import { configErrors, defaultConfigPath, loadConfig, makeConfig } from './load-config.js'
import { parseConfigText } from './parse-config.js'

const problems = (text: string): string[] =>
  parseConfigText(text).problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)

describe('config/ml/training.yaml', () => {
  it('says every key, each with its default', () => {
    const written = parse(readFileSync(defaultConfigPath(), 'utf8')) as unknown
    expect(loadConfig()).toEqual(makeConfig())
    expect(written).toEqual(makeConfig())
    expect(configErrors()).toEqual([])
  })
})

describe('parseConfigText', () => {
  it('fills in what is left out, key by key, also for sections with nothing in them', () => {
    const { config } = parseConfigText('training:\n  validation:\n    n_splits: 3\nbacktest:\nmonitoring:\n  # log_level: DEBUG\n')
    expect(config!.training.validation).toEqual({ ...makeConfig().training.validation, n_splits: 3 })
    expect(config!.backtest).toEqual({ threshold: 0.5, fee_rate: 0.001 })
    expect(parseConfigText('').config).toEqual(makeConfig())
  })

  it('reads gpu_enabled as a device, and refuses a contradiction', () => {
    const device = (text: string): string | undefined => parseConfigText(`resources: {${text}}`).config?.resources.device
    expect([device('gpu_enabled: true'), device('gpu_enabled: false'), device('')]).toEqual(['cuda', 'cpu', 'auto'])
    expect([device('gpu_enabled: true, device: cuda'), device('gpu_enabled: true, device: auto')]).toEqual(['cuda', 'cuda'])
    expect(problems('resources:\n  device: cuda\n  gpu_enabled: false\n')).toEqual([
      '3:3 resources.gpu_enabled: false is device: cpu, but resources.device says cuda; keep one of the two',
    ])
    expect(parseConfigText('resources: {gpu_enabled: true}').config!.resources).not.toHaveProperty('gpu_enabled')
  })

  it('takes an embargo in minutes, or none', () => {
    const embargo = (text: string) => parseConfigText(`training: {validation: {embargo_minutes: ${text}}}`)
    const taken = ['45', '0', '0.5', 'none'].map((text) => embargo(text).config?.training.validation.embargo_minutes)
    expect(taken).toEqual([45, 0, 0.5, 'none'])
    expect(embargo('-1').problems.map(({ message }) => message)).toEqual(['-1; expected at least 0'])
    for (const text of ['None', '12 bars', '~', '.inf', '.nan'])
      expect(embargo(text).problems.map(({ message }) => message)).toEqual([
        expect.stringContaining('expected a number of minutes from 0, or none'),
      ])
  })

  it('tells all problems at once, with their place and what was meant', () => {
    const text = [
      'resources:',
      '  max_wokers: 2',
      '  device: cdua',
      '  n_splits: 4',
      'training:',
      '  validation:',
      '    test_size: 1',
      '    n_splits: 2.5',
      '    embargo_minutes: "30"',
      'models:',
      '  direction:',
      '    default_params:',
      '      C: [1, -1]',
      '      solver: []',
      'balance:',
      '  symbols:',
      '    BTCUSDT: { initial: 1, taget: 3, risk_per_trade: 0.01 }',
      'monitoring: loud',
      'colour: red',
    ].join('\n')
    expect(problems(text)).toEqual([
      '2:3 resources.max_wokers: unknown key; did you mean max_workers?',
      '3:3 resources.device: "cdua"; expected one of auto, cuda, cpu; did you mean cuda?',
      '4:3 resources.n_splits: unknown key; it belongs at training.validation.n_splits',
      '7:5 training.validation.test_size: 1; expected less than 1',
      '8:5 training.validation.n_splits: 2.5; expected a whole number',
      '9:5 training.validation.embargo_minutes: "30"; expected a number of minutes from 0, or none',
      '13:14 models.direction.default_params.C.1: -1; expected more than 0',
      '14:7 models.direction.default_params.solver: a list; expected at least 1 of them',
      '17:5 balance.symbols.BTCUSDT.target: missing; expected a number',
      '17:28 balance.symbols.BTCUSDT.taget: unknown key; did you mean target?',
      '18:1 monitoring: "loud"; expected a section with keys',
      '19:1 colour: unknown key; expected one of resources, training, preprocess, models, tuning, backtest, balance, monitoring',
    ])
  })

  it('takes null for a preprocessing step that is left out, and a whole section of nothing', () => {
    const { config } = parseConfigText('preprocess:\n  drop_correlated_above: 0.9\n  winsorise: [0.01, 0.99]\n  drop_near_constant: null\n')
    expect(config!.preprocess).toMatchObject({
      drop_correlated_above: 0.9,
      winsorise: [0.01, 0.99],
      drop_near_constant: null,
      scaler: 'auto',
    })
    expect(parseConfigText('preprocess:\n').config).toEqual(makeConfig())
    expect(problems('preprocess:\n  winsorise: [0.9, 0.1]\n  drop_correlated_above: 1\n  scaler: robus\n  missing: forwardfill\n')).toEqual(
      [
        '2:3 preprocess.winsorise: a list; expected two shares, the lower first',
        '3:3 preprocess.drop_correlated_above: 1; expected less than 1',
        '4:3 preprocess.scaler: "robus"; expected one of auto, standard, minmax, robust, none; did you mean robust?',
        '5:3 preprocess.missing: "forwardfill"; expected one of reject, median, forward_fill; did you mean forward_fill?',
      ],
    )
  })

  it('places what is not YAML', () => {
    expect(problems('resources:\n  max_workers: 1\n  max_workers: 2\n')).toEqual(['3:3 : not readable as YAML: Map keys must be unique'])
    expect(problems('- a list')).toEqual(['undefined:undefined : a list; expected a section with keys'])
    expect(parseConfigText('training: {checkpoints: {frequency: "10 epochs"}}').problems).toEqual([])
    expect(problems('training: {checkpoints: {frequency: often}}')).toEqual([
      '1:26 training.checkpoints.frequency: "often"; expected "per_fold", "10 epochs" or "15 minutes"',
    ])
  })
})

describe('loadConfig', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'config-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('names file and line in one readable error', () => {
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, 'resources:\n  max_workers: 0\n')
    expect(() => loadConfig(file)).toThrow(expect.objectContaining({ code: 'bad-config', exitCode: 2 }) as Error)
    try {
      loadConfig(file)
    } catch (error) {
      expect(formatError(error)).toContain(`received: ${file}:2:3 resources.max_workers: 0; expected at least 1\n`)
    }
  })

  it('says where it looked', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'))).toThrow(
      expect.objectContaining({ code: 'config-not-found', received: join(folder, 'none.yaml') }) as Error,
    )
    expect(() => makeConfig({ resources: { max_workers: 0 } })).toThrow(expect.objectContaining({ code: 'bad-config' }) as Error)
  })
})

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../core/index.js'
import { FEATURE_GROUPS } from './define-feature.js'
import { describeFeature, featuresDocument, pictured } from './feature-docs.js'
import { allFeatures } from './registry.js'

describe('the features page', () => {
  it('is what the records say: npm run features -- docs', () => {
    const images = FEATURE_GROUPS.map((group) => `images/features-${group}.png`)
    expect(readFileSync(projectPath('docs/features.md'), 'utf8')).toBe(featuresDocument((group) => `images/features-${group}.png`))
    for (const image of images) expect(existsSync(projectPath('docs', image)), image).toBe(true)
    for (const group of FEATURE_GROUPS) expect(pictured(group).length).toBeGreaterThan(3)
  })

  it('describes each default feature in a sentence that ends', () => {
    for (const feature of allFeatures) expect(feature.description, feature.name).toMatch(/^[A-Z(|0-9cvSl].*[.]$/s)
    expect(describeFeature(allFeatures.find(({ name }) => name === 'rsi_14')!)).toContain('warm-up    14 bars')
  })
})

import { expect, it } from 'vitest'
import { makeGlossary } from './glossary.js'
import { inlineHtml, paragraphHtml } from './prose.js'

const glossary = makeGlossary([
  { term: 'AUC', definition: 'area' },
  { term: 'Brier score', definition: 'squares', aliases: ['Brier'] },
])

it('links the first mention of a term, and no part of another word', () => {
  expect(inlineHtml('AUC and AUC, min_auc, AUCs', glossary)).toBe('<a class="term" href="#term-auc">AUC</a> and AUC, min_auc, AUCs')
})

it('finds the longest term that a label begins with', () => {
  expect(glossary.find('brier score (lower is better)')?.term).toBe('Brier score')
  expect(glossary.find('Brier')?.term).toBe('Brier score')
  expect(glossary.find('the AUC')).toBeUndefined()
  expect(makeGlossary([]).find('AUC')).toBeUndefined()
})

it('knows bold, code, anchors and lists, and escapes the rest', () => {
  expect(inlineHtml('**a<b** `c<d` [e](#f-g) <i>', makeGlossary([]))).toBe(
    '<strong>a&#60;b</strong> <code>c&#60;d</code> <a href="#f-g">e</a> &#60;i&#62;',
  )
  expect(inlineHtml('[x](javascript:alert)', makeGlossary([]))).toBe('[x](javascript:alert)')
  expect(paragraphHtml('- one\n- two', glossary)).toBe('<ul><li>one</li><li>two</li></ul>')
})

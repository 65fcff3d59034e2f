/**
 * A model of one tree a round, as XGBoost's JSON text, without `count` of its trees from `first` on. The text is cut, not parsed: XGBoost tells whole numbers from
 * fractions by how they are written (`1` is not `1E0`), which a parser forgets. An unescaped quote never stands within a JSON string, so the keys below are found
 * safely, whatever features are called.
 */
export function withoutTrees(json: string, first: number, count: number): string {
  const start = json.indexOf('"trees":[') + '"trees":['.length
  const { trees, end } = objectsFrom(json, start)
  const kept = trees.filter((_, i) => i < first || i >= first + count)
  const text = `${json.slice(0, start)}${kept.map((tree, i) => tree.replace(/"id":\d+/, `"id":${i}`)).join(',')}${json.slice(end)}`
  return text
    .replace(/"tree_info":\[[^\]]*\]/, `"tree_info":[${kept.map(() => 0).join(',')}]`)
    .replace(/"iteration_indptr":\[[^\]]*\]/, `"iteration_indptr":[${[...kept, ''].map((_, i) => i).join(',')}]`)
    .replace(/"num_trees":"\d+"/, `"num_trees":"${kept.length}"`)
}

/** The objects of a JSON array, as texts. No text within a tree holds a brace. */
function objectsFrom(json: string, start: number): { readonly trees: string[]; readonly end: number } {
  const trees: string[] = []
  let depth = 0
  let from = start
  for (let at = start; ; at++) {
    const character = json[at]
    if (character === '{' && depth++ === 0) from = at
    else if (character === '}' && --depth === 0) trees.push(json.slice(from, at + 1))
    else if (depth === 0 && character !== ',') return { trees, end: at }
  }
}

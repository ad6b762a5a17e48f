/** A node of the graph, and the nodes whose outputs it takes; what is needed comes first. */
export interface GraphPart {
  readonly address: string
  readonly needs: readonly string[]
}

/** Each stage with what it needs, in the order in which they run. */
export function treeText(parts: readonly GraphPart[]): string {
  if (parts.length === 0) return 'There are no stages.'
  const width = Math.max(...parts.map(({ address }) => address.length))
  return parts
    .map(({ address, needs }) =>
      needs.length === 0 ? address : `${address.padEnd(width)}  ← ${needs.join(', ')}`,
    )
    .join('\n')
}

export function dotText(parts: readonly GraphPart[]): string {
  const lines = parts.flatMap(({ address, needs }) => [
    `  ${JSON.stringify(address)};`,
    ...needs.map((need) => `  ${JSON.stringify(need)} -> ${JSON.stringify(address)};`),
  ])
  return ['digraph {', ...lines, '}'].join('\n')
}

export function mermaidText(parts: readonly GraphPart[]): string {
  const ids = new Map(parts.map(({ address }, i) => [address, `node${i + 1}`]))
  const nodes = parts.map(
    ({ address }) => `  ${ids.get(address)}["${address.replaceAll('"', "'")}"]`,
  )
  const edges = parts.flatMap(({ address, needs }) =>
    needs.flatMap((need) => (ids.has(need) ? [`  ${ids.get(need)}-->${ids.get(address)}`] : [])),
  )
  return ['flowchart TD', ...nodes, ...edges].join('\n')
}

import { escapeHtml } from './highlight.mjs'

const [WIDTH, HEIGHT, GAP_X, GAP_Y] = [100, 40, 26, 18]
/** So wide a picture stays on a narrow screen, where it is scrolled: its words must be legible. */
const LEAST = 900

/**
 * A picture of the part of Mermaid's language that our pages use: `flowchart LR`, chains of `-->`, nodes as
 * `a[text]` or `a[(store)]`, subgraphs (as source their last node, as target their first). Other lines are refused.
 */
export function diagram(text) {
  const { labels, edges } = parse(text)
  const layers = layersOf([...labels.keys()], edges)
  const columns = groupBy([...labels.keys()], (id) => layers.get(id))
  const tallest = Math.max(...[...columns.values()].map((ids) => ids.length))
  const at = new Map()
  for (const [layer, ids] of columns) {
    const top = ((tallest - ids.length) * (HEIGHT + GAP_Y)) / 2
    for (const [row, id] of ids.entries()) {
      at.set(id, { x: layer * (WIDTH + GAP_X) + 1, y: top + row * (HEIGHT + GAP_Y) + 1 })
    }
  }
  const width = columns.size * (WIDTH + GAP_X) - GAP_X + 2
  const height = tallest * (HEIGHT + GAP_Y) - GAP_Y + 2
  const words = edges.map(([from, to]) => `${labels.get(from).text} to ${labels.get(to).text}`)
  return `<div class="diagram"><svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="min-width:${Math.min(width, LEAST)}px" role="img" aria-label="${escapeHtml(`Diagram: ${words.join(', ')}`)}">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${edges.map(([from, to]) => arrow(at.get(from), at.get(to))).join('\n')}
${[...labels].map(([id, label]) => box(at.get(id), label)).join('\n')}
</svg></div>\n`
}

function parse(text) {
  const labels = new Map()
  const edges = []
  const groups = new Map()
  let group
  for (const line of text.split('\n').map((one) => one.trim())) {
    const subgraph = /^subgraph (\w+)$/.exec(line)?.[1]
    if (subgraph !== undefined) {
      group = subgraph
      groups.set(group, [])
    } else if (line === 'end') group = undefined
    else if (line !== '' && line !== 'flowchart LR') addChain(line)
  }
  return { labels, edges }

  function addChain(line) {
    const ids = line.split(' --> ').map((word) => {
      const [, id, store, plain] = /^(\w+)(?:\[\(([^)]*)\)\]|\[([^\]]*)\])?$/.exec(word) ?? []
      if (id === undefined) throw new Error(`a diagram has a line that is not understood: ${line}`)
      if (groups.has(id)) return id
      const known = labels.get(id)
      const label = store ?? plain
      if (known === undefined || label !== undefined) {
        labels.set(id, { text: label ?? id, isStore: store !== undefined })
      }
      if (group !== undefined && !groups.get(group).includes(id)) groups.get(group).push(id)
      return id
    })
    for (const [i, to] of ids.slice(1).entries()) {
      edges.push([groups.get(ids[i])?.at(-1) ?? ids[i], groups.get(to)?.[0] ?? to])
    }
  }
}

/** The longest way from a beginning to each node. */
function layersOf(ids, edges) {
  const layers = new Map()
  const layer = (id, path = []) => {
    if (path.includes(id)) throw new Error(`a diagram goes round in a circle at ${id}`)
    if (!layers.has(id)) {
      const before = edges.filter(([, to]) => to === id).map(([from]) => layer(from, [...path, id]))
      layers.set(id, before.length === 0 ? 0 : Math.max(...before) + 1)
    }
    return layers.get(id)
  }
  // what nothing leads to stands just before what it leads to
  for (const id of ids) layer(id)
  for (const id of ids.filter((one) => !edges.some(([, to]) => to === one))) {
    const after = edges.filter(([from]) => from === id).map(([, to]) => layers.get(to))
    if (after.length > 0) layers.set(id, Math.min(...after) - 1)
  }
  return layers
}

function groupBy(items, keyOf) {
  const groups = new Map()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function arrow(from, to) {
  const [x1, y1] = [from.x + WIDTH, from.y + HEIGHT / 2]
  const [x2, y2] = [to.x - 2, to.y + HEIGHT / 2]
  const bend = Math.max(12, (x2 - x1) / 2)
  return `<path class="edge" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" marker-end="url(#tip)"/>`
}

function box({ x, y }, { text, isStore }) {
  const lines = text.length > 14 ? halves(text) : [text]
  const texts = lines.map((line, i) => {
    const dy = y + HEIGHT / 2 + 4 + (i - (lines.length - 1) / 2) * 14
    return `<text x="${x + WIDTH / 2}" y="${dy}">${escapeHtml(line)}</text>`
  })
  return `<rect class="${isStore ? 'store' : 'step'}" x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="${isStore ? 12 : 4}"/>${texts.join('')}`
}

/** A text cut at the blank nearest to its middle. */
function halves(text) {
  const words = text.split(' ')
  const cuts = words.map((_, i) => [words.slice(0, i + 1).join(' '), words.slice(i + 1).join(' ')])
  const longest = ([a, b]) => Math.max(a.length, b.length)
  return cuts.reduce((best, cut) => (longest(cut) < longest(best) ? cut : best))
}

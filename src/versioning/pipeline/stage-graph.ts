import { dirname, relative, sep } from 'node:path'
import { AtelierError } from '../../core/index.ts'

/** What is made or kept: a stage, or data that a `.dvc` file tracks. Paths are absolute. */
export interface GraphNode {
  /** How it is named on the command line. */
  readonly address: string
  readonly file: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Then what it depends on is not made for it. */
  readonly frozen: boolean
}

export interface StageGraph<N extends GraphNode> {
  readonly nodes: readonly N[]
  /** What makes the inputs of a node. */
  before(node: N): readonly N[]
  /** What takes its outputs. */
  after(node: N): readonly N[]
}

/**
 * Who depends on whom: an input that is an output of another, lies within it, or holds it. Throws
 * PIPELINE_GRAPH for outputs that overlap and for circles.
 */
export function buildGraph<N extends GraphNode>(nodes: readonly N[], root: string): StageGraph<N> {
  const makers = makersOf(nodes, root)
  const shown = (path: string) => relative(root, path).replaceAll(sep, '/')
  requireFilesOutside(nodes, makers, shown)
  const before = new Map(nodes.map((node) => [node, makersOfInputs(node, makers)]))
  const after = new Map<N, N[]>(nodes.map((node) => [node, []]))
  for (const [node, sources] of before) for (const source of sources) after.get(source)!.push(node)
  const graph = {
    nodes,
    before: (node: N) => (node.frozen ? [] : before.get(node)!),
    after: (node: N) => after.get(node)!.filter(({ frozen }) => !frozen),
  }
  requireNoCircle(nodes, (node) => before.get(node)!)
  return graph
}

type Makers<N> = ReadonlyMap<string, N>

function makersOf<N extends GraphNode>(nodes: readonly N[], root: string): Makers<N> {
  const makers = new Map<string, N>()
  for (const node of nodes) {
    for (const path of node.outputs) {
      const other = makers.get(path)
      if (other !== undefined) throw overlap(relative(root, path), [other, node])
      makers.set(path, node)
    }
  }
  for (const [path, node] of makers) {
    const outer = foldersAbove(path).find((folder) => makers.has(folder))
    if (outer === undefined) continue
    throw overlap(`${relative(root, path)}' within '${relative(root, outer)}`, [
      makers.get(outer)!,
      node,
    ])
  }
  return makers
}

function overlap(what: string, nodes: readonly GraphNode[]): AtelierError {
  const names = [...new Set(nodes.map(({ address }) => `'${address}'`))]
  return new AtelierError(
    'PIPELINE_GRAPH',
    `'${what}' is an output of ${names.join(' and of ')}.`,
    {
      hint: 'Each path is written by one stage.',
      data: { stages: nodes.map(({ address }) => address) },
    },
  )
}

function requireFilesOutside<N extends GraphNode>(
  nodes: readonly N[],
  makers: Makers<N>,
  shown: (path: string) => string,
): void {
  for (const { file } of nodes) {
    const inside = foldersAbove(file).find((folder) => makers.has(folder))
    if (inside === undefined) continue
    throw new AtelierError(
      'PIPELINE_GRAPH',
      `${shown(file)} lies within '${shown(inside)}', an output of '${makers.get(inside)!.address}'.`,
      { hint: 'Move it out: outputs are deleted before a stage runs.' },
    )
  }
}

function foldersAbove(path: string): string[] {
  const folders: string[] = []
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) folders.unshift(at)
  return folders
}

function makersOfInputs<N extends GraphNode>(node: N, makers: Makers<N>): N[] {
  const found = node.inputs.flatMap((path) => {
    const around = [...foldersAbove(path), path].filter((place) => makers.has(place))
    const inside = [...makers.keys()].filter((output) => output.startsWith(`${path}${sep}`))
    return [...around, ...inside].map((place) => makers.get(place)!)
  })
  return [...new Set(found)]
}

/**
 * Nodes so that each comes after what it depends on, from `starts` down or from all; among equals in the
 * order that DVC runs them, which is also that of `dvc.lock`.
 */
export function inOrder<N extends GraphNode>(
  nodes: readonly N[],
  before: (node: N) => readonly N[],
): N[] {
  const chosen = new Set(nodes)
  const done = new Set<N>()
  const visit = (node: N) => {
    if (done.has(node) || !chosen.has(node)) return
    done.add(node)
    for (const source of before(node)) visit(source)
    order.push(node)
  }
  const order: N[] = []
  for (const node of nodes) visit(node)
  return order
}

/** All that can be reached from some nodes, themselves included, in the order of `all`. */
export function reachable<N>(
  all: readonly N[],
  starts: readonly N[],
  next: (node: N) => readonly N[],
): N[] {
  const found = new Set<N>(starts)
  // a set also gives what is added while it is walked
  for (const node of found) for (const other of next(node)) found.add(other)
  return all.filter((node) => found.has(node))
}

function requireNoCircle<N extends GraphNode>(
  nodes: readonly N[],
  before: (node: N) => readonly N[],
): void {
  const done = new Set<N>()
  const visit = (node: N, path: readonly N[]): void => {
    if (path.includes(node)) {
      const circle = [...path.slice(path.indexOf(node)), node].map(({ address }) => address)
      throw new AtelierError(
        'PIPELINE_GRAPH',
        `Stages wait for each other: ${circle.join(' → ')}.`,
        {
          hint: 'Take one of these dependencies away.',
          data: { circle },
        },
      )
    }
    if (done.has(node)) return
    for (const source of before(node)) visit(source, [...path, node])
    done.add(node)
  }
  for (const node of nodes) visit(node, [])
}

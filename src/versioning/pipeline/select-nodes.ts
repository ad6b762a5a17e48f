import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AtelierError, nearestName } from '../../core/index.ts'
import type { PipelineProject } from './pipeline-project.ts'
import type { PipelineNode } from './reproduce.ts'
import { PIPELINE_FILE } from './stage.ts'
import { inOrder, reachable } from './stage-graph.ts'

export interface Selection {
  /** Stages, groups of stages, outputs, `.dvc` files, or `dvc.yaml` files; empty: the `dvc.yaml` here. */
  readonly targets: readonly string[]
  /** These alone. */
  readonly singleItem?: boolean
  /** These and what comes after them, in place of what comes before. */
  readonly downstream?: boolean
  /** All that is connected with them. */
  readonly pipeline?: boolean
  /** Everything in the repository. */
  readonly allPipelines?: boolean
}

/** What is to be brought up to date, in order. Throws PIPELINE_NOT_FOUND. */
export function selectNodes(project: PipelineProject, selection: Selection): PipelineNode[] {
  const { nodes, before, after } = project.graph
  if (selection.allPipelines) return inOrder(nodes, before)
  const starts = findNodes(project, selection.targets)
  if (selection.singleItem && !selection.pipeline) return starts
  const around = (node: PipelineNode) => [...before(node), ...after(node)]
  const next = selection.pipeline ? around : selection.downstream ? after : before
  return inOrder(reachable(nodes, starts, next), before)
}

/** The nodes that words of the command line mean. Throws PIPELINE_NOT_FOUND. */
function findNodes(project: PipelineProject, targets: readonly string[]): PipelineNode[] {
  const words = targets.length > 0 ? targets : [PIPELINE_FILE]
  return [...new Set(words.flatMap((word) => matching(project, word)))]
}

function matching(
  { graph: { nodes }, cwd }: PipelineProject,
  word: string,
): readonly PipelineNode[] {
  const named = nodes.filter(
    ({ address }) => address === word || address === `${PIPELINE_FILE}:${word}`,
  )
  if (named.length > 0) return named
  const plain = word.startsWith(`${PIPELINE_FILE}:`) ? word.slice(PIPELINE_FILE.length + 1) : word
  const group = nodes.filter(({ address }) => address === plain || address.startsWith(`${plain}@`))
  if (group.length > 0) return group
  const path = resolve(cwd, word)
  const ofFile = nodes.filter(({ file, outputs }) => file === path || outputs.includes(path))
  if (ofFile.length > 0) return ofFile
  throw notFound(word, path, nodes)
}

function notFound(word: string, path: string, nodes: readonly PipelineNode[]): AtelierError {
  if (word === PIPELINE_FILE) {
    const problem = existsSync(path) ? 'dvc.yaml here has no stages' : 'There is no dvc.yaml here'
    return new AtelierError('PIPELINE_NOT_FOUND', `${problem}.`, {
      hint: 'docs/pipelines.md shows one; --all-pipelines looks in other folders.',
    })
  }
  const known = nodes.map(({ address }) => address)
  const nearest = nearestName(word, known)
  return new AtelierError('PIPELINE_NOT_FOUND', `There is no stage or output '${word}'.`, {
    hint:
      nearest === undefined
        ? `There are ${known.slice(0, 10).join(', ') || 'none'}.`
        : `Did you mean '${nearest}'?`,
    data: { target: word },
  })
}

import type { PipelineNode } from '../../versioning/index.ts'

const MOST_LETTERS = 80

/** What a stage is for, else what it makes, as `dvc stage list` says it. */
export function stageSummary(stage: Extract<PipelineNode, { kind: 'stage' }>['stage']): string {
  const text = stage.description?.trim().split('\n')[0] || madeBy(stage)
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text
}

function madeBy({
  inputs,
  outputs,
  parameters,
}: Extract<PipelineNode, { kind: 'stage' }>['stage']): string {
  const names = (some: readonly { readonly path: string }[]) =>
    some.map(({ path }) => path).join(', ')
  const needed = [...inputs, ...parameters]
  if (outputs.length === 0) {
    return needed.length === 0 ? 'No outputs or dependencies' : `Depends on ${names(needed)}`
  }
  const plain = outputs.filter(({ kind }) => kind === 'out')
  const reports = outputs.filter(({ kind }) => kind !== 'out')
  return [
    ...(plain.length > 0 ? [`Outputs ${names(plain)}`] : []),
    ...(reports.length > 0 ? [`Reports ${names(reports)}`] : []),
  ].join('; ')
}

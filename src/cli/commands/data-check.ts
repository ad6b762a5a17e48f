import { AtelierError } from '../../core/index.ts'
import {
  type CheckResult,
  checkDataset,
  type Finding,
  type ImagePlace,
  openConfiguredDataset,
} from '../../data/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'

export const dataCheckCommand = defineCommand({
  arguments: {},
  options: {
    strict: { type: 'boolean', description: 'Count warnings as problems, too.' },
  },
  overrides: true,
  examples: [
    { command: 'atelier data check', does: 'Damage, blanks, copies, leaks; exit code 1 if any.' },
    { command: 'atelier data check data=sketch --strict', does: 'Warnings fail as well.' },
  ],
  async run(context, { options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const dataset = await openConfiguredDataset(config.data, context.cwd)
    const result = await checkDataset(dataset)
    printResult(context, result, () => report(result))
    const problems = result.findings.filter(
      ({ severity }) => options.strict || severity === 'error',
    )
    if (problems.length > 0) throw failure(problems)
  },
})

function failure(problems: readonly Finding[]): AtelierError {
  const kinds = problems.map(({ kind }) => kind)
  return new AtelierError(
    'DATA_FINDINGS',
    `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in the data: ${kinds.join(', ')}.`,
    { hint: 'Mend the source and prepare it again.', data: { kinds } },
  )
}

function report({ images, findings }: CheckResult): string {
  if (findings.length === 0) return `Looked at ${images} images: nothing wrong.`
  const parts = findings.map(
    ({ severity, kind, message, examples }) =>
      `${severity}: ${kind}\n  ${message}${examples.map((places) => `\n    ${placesText(places)}`).join('')}`,
  )
  return `Looked at ${images} images.\n\n${parts.join('\n')}`
}

function placesText(places: readonly ImagePlace[]): string {
  return places.map((place) => `${place.split} #${place.index} (${place.class})`).join(' = ')
}

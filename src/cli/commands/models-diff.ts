import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { diffVersions, type VersionDifference } from '../models/diff-versions.ts'
import { parseReference, REFERENCE } from '../models/model-reference.ts'
import { withRegistry } from '../models/with-registry.ts'
import { formatMetric, formatValue } from '../run-cells.ts'
import { formatTable } from '../table.ts'

const LONGEST = 48

export const modelsDiffCommand = defineCommand({
  arguments: {
    a: { description: REFERENCE, required: true },
    b: { description: 'The other one. The newest when left out.' },
  },
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier models diff @production', does: 'What the newest changes.' },
    { command: 'atelier models diff 2 3', does: 'Two versions: results, data, code, settings.' },
  ],
  async run(context, { arguments: { a, b } }) {
    await withRegistry(context, async ({ registry, config }) => {
      const first = await registry.version(parseReference(a, config.registry.name))
      const second = await registry.version(parseReference(b ?? first.name, first.name))
      const differences = diffVersions(first, second)
      const names = [first, second].map(({ name, version }) => `${name}/${version}`)
      printResult(context, { a: names[0], b: names[1], differences }, () =>
        differences.length === 0
          ? `${names[0]} and ${names[1]} are alike.`
          : table(names, differences),
      )
    })
  },
})

function table(names: readonly string[], differences: readonly VersionDifference[]): string {
  return formatTable(
    [{ title: '' }, ...names.map((title) => ({ title }))],
    differences.map(({ key, a, b }) => [key, cell(a, key), cell(b, key)]),
  )
}

function cell(value: unknown, key: string): string {
  if (value === undefined) return '–'
  const isDigest = ['sha256', 'preprocessing'].includes(key)
  const text =
    typeof value === 'number' && /\.(?:accuracy|loss|ece)$/.test(key)
      ? formatMetric(value)
      : formatValue(value, isDigest ? 'digest' : key)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}

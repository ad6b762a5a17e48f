import type { RegisteredModel } from '../../registry/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { aliasNames } from '../models/version-text.ts'
import { withRegistry } from '../models/with-registry.ts'
import { formatAge, formatBytes } from '../run-cells.ts'
import { formatTable } from '../table.ts'

const SHOWN = 10

export const modelsLsCommand = defineCommand({
  arguments: { name: { description: 'Only this model, with all of its versions.' } },
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier models ls', does: 'All models, their newest versions, their aliases.' },
    { command: 'atelier models ls classifier', does: 'Every version of one model.' },
  ],
  async run(context, { arguments: { name } }) {
    await withRegistry(context, async ({ registry }) => {
      const models = name === undefined ? await registry.list() : [await registry.model(name)]
      printResult(context, models, () =>
        models.length === 0
          ? 'No models yet. Register the newest run with `atelier models register`.'
          : table(models, name === undefined ? SHOWN : Infinity, context.clock.now()),
      )
    })
  },
})

function table(models: readonly RegisteredModel[], most: number, now: number): string {
  const rows = models.flatMap((model) => {
    // what an alias points to is shown however old it is
    const shown = model.versions.filter(
      ({ version }, at) => at < most || model.aliases.some((alias) => alias.version === version),
    )
    return shown.map(({ name, version, lineage, bytes, tags, created }) => [
      name,
      String(version),
      aliasNames(model.aliases, version),
      lineage.manifest.metrics.val_accuracy.toFixed(4),
      lineage.manifest.architecture,
      formatBytes(bytes),
      formatAge(now - Date.parse(created)),
      lineage.manifest.run_id,
      tags.join(', '),
    ])
  })
  const text = formatTable(
    [
      { title: 'name' },
      { title: 'version', align: 'right' },
      { title: 'aliases' },
      { title: 'val.accuracy', align: 'right' },
      { title: 'network' },
      { title: 'size', align: 'right' },
      { title: 'age', align: 'right' },
      { title: 'run' },
      { title: 'tags' },
    ],
    rows,
  )
  const hidden = models.reduce((sum, { versions }) => sum + versions.length, 0) - rows.length
  return hidden === 0 ? text : `${text}\n${hidden} older: atelier models ls NAME`
}

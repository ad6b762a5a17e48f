import { join, relative, resolve } from 'node:path'
import { writeFileAtomic } from '../../core/index.ts'
import { modelCardMarkdown, modelCardPage } from '../../registry/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { parseReference, REFERENCE } from '../models/model-reference.ts'
import { withRegistry } from '../models/with-registry.ts'
import { formatBytes } from '../run-cells.ts'

export const modelsExportCommand = defineCommand({
  arguments: { model: { description: `${REFERENCE} The newest when left out.` } },
  options: {
    output: {
      type: 'string',
      description: 'Folder that receives the files. Default: NAME-VERSION.',
      short: 'o',
      placeholder: 'DIR',
    },
  },
  overrides: false,
  examples: [
    {
      command: 'atelier models export @production -o release',
      does: 'The file, its card as Markdown and as a page, and its record.',
    },
  ],
  async run(context, { arguments: { model }, options: { output } }) {
    await withRegistry(context, async ({ registry, config }) => {
      const { name: usual } = config.registry
      const version = await registry.version(parseReference(model ?? usual, usual))
      const bytes = await registry.read(version.sha256)
      const folder = resolve(context.cwd, output ?? `${version.name}-${version.version}`)
      const contents = {
        'model.onnx': bytes,
        'model.json': `${JSON.stringify(version, null, 2)}\n`,
        'model-card.md': modelCardMarkdown(version),
        'model-card.html': modelCardPage(version),
      }
      for (const [name, content] of Object.entries(contents)) {
        await writeFileAtomic(join(folder, name), content)
      }
      const files = Object.keys(contents).map((name) => join(folder, name))
      printResult(context, { name: version.name, version: version.version, files }, () => {
        const place = relative(context.cwd, folder) || '.'
        return `Wrote ${version.name} version ${version.version} (${formatBytes(bytes.length)}) and its card to ${place}`
      })
    })
  },
})

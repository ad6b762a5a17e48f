import { AtelierError } from '../../core/index.ts'
import { listSettings, setSetting } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { levelOf, levelOptions } from '../data/level-options.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataConfigCommand = defineCommand({
  arguments: {
    name: { description: 'A setting, such as cache.type; all are listed when left out.' },
    value: { description: 'Its new value; it is shown when left out.' },
  },
  options: {
    unset: { type: 'boolean', short: 'u', description: 'Removes the setting.' },
    ...levelOptions,
  },
  overrides: false,
  examples: [
    { command: 'atelier data config', does: 'All settings and where each stands.' },
    { command: 'atelier data config cache.type hardlink,copy', does: 'Links in place of copies.' },
  ],
  async run(context, { arguments: { name, value }, options }) {
    await withDataRepository(context, async (repository) => {
      if (name !== undefined && (value !== undefined || options.unset)) {
        await setSetting(repository, name, value, levelOf(options))
        printResult(context, { name, value: value ?? null }, () =>
          value === undefined ? `Removed ${name}` : `${name} = ${value}`,
        )
        return
      }
      const settings = await listSettings(repository)
      if (name === undefined) {
        printResult(context, { settings }, () =>
          settings.map((one) => `${one.name} = ${one.value}\t(${one.level})`).join('\n'),
        )
        return
      }
      const found = settings.findLast((one) => one.name === name.toLowerCase())
      if (found === undefined) {
        throw new AtelierError('DVC_CONFIG', `'${name}' is not set.`, {
          hint: '`atelier data config` lists all that is.',
        })
      }
      printResult(context, found, () => found.value)
    })
  },
})

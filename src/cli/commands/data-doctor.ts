import { AtelierError } from '../../core/index.ts'
import { examineRepository } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataDoctorCommand = defineCommand({
  arguments: {},
  options: {
    repair: {
      type: 'boolean',
      description: 'Mends what can be mended, from the workspace and the remote.',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier data doctor', does: 'Compares every object of the cache with its name.' },
    { command: 'atelier data doctor --repair', does: 'And brings back what is damaged or gone.' },
  ],
  async run(context, { options: { repair } }) {
    await withDataRepository(context, async (repository) => {
      const findings = await examineRepository(repository, repair)
      printResult(context, { findings }, () => {
        if (findings.length === 0) return 'Nothing is wrong.'
        return findings
          .map(
            ({ kind, path, message, repaired }) =>
              `${kind}: ${path}: ${message}${repaired ? ' (repaired)' : ''}`,
          )
          .join('\n')
      })
      const open = findings.filter(({ repaired }) => !repaired)
      if (open.length === 0) return
      throw new AtelierError(
        'DVC_DAMAGED',
        `${open.length} ${open.length === 1 ? 'thing is' : 'things are'} not as ${open.length === 1 ? 'it' : 'they'} should be.`,
        {
          hint: repair
            ? 'What is left needs the data from where it was added.'
            : 'Run `atelier data doctor --repair`.',
          data: { findings: open },
        },
      )
    })
  },
})

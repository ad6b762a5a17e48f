import { defineCommand } from '../command.ts'
import { freezeStages, stageTargets } from '../pipeline/freeze-stages.ts'

export const freezeCommand = defineCommand({
  arguments: stageTargets,
  options: {},
  overrides: false,
  examples: [
    {
      command: 'atelier freeze prepare',
      does: 'What it made is taken as it is, whatever changed before it.',
    },
  ],
  run: (context, { arguments: { targets } }) => freezeStages(context, targets, true),
})

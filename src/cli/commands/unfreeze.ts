import { defineCommand } from '../command.ts'
import { freezeStages, stageTargets } from '../pipeline/freeze-stages.ts'

export const unfreezeCommand = defineCommand({
  arguments: stageTargets,
  options: {},
  overrides: false,
  examples: [{ command: 'atelier unfreeze prepare', does: 'Its inputs count again.' }],
  run: (context, { arguments: { targets } }) => freezeStages(context, targets, false),
})

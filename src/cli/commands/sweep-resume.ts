import { join } from 'node:path'
import { findSweep } from '../../sweeps/index.ts'
import { defineCommand } from '../command.ts'
import { runSweep } from '../sweep/run-sweep.ts'

export const sweepResumeCommand = defineCommand({
  arguments: {
    sweep: { description: 'Id, its start or end, folder, or `latest`.', required: true },
  },
  options: {
    workers: { type: 'integer', description: 'Trials at once; else as before.', short: 'w' },
    retryFailed: { type: 'boolean', description: 'Begin failed trials anew.' },
  },
  overrides: false,
  examples: [
    { command: 'atelier sweep resume latest', does: 'Continue the newest sweep.' },
    {
      command: 'atelier sweep resume quiet-otter --retry-failed',
      does: 'Try again what failed.',
    },
  ],
  async run(context, { arguments: { sweep: query }, options }) {
    const { folder, state } = await findSweep(join(context.cwd, 'sweeps'), query)
    await runSweep(context, {
      folder,
      workers: Math.max(1, options.workers ?? state.request.workers),
      isResumed: true,
      retryFailed: options.retryFailed,
    })
  },
})

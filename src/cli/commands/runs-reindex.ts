import { resolve } from 'node:path'
import { reindex } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { storeOpener } from '../open-store.ts'

export const runsReindexCommand = defineCommand({
  arguments: {},
  options: {},
  overrides: false,
  examples: [
    {
      command: 'atelier runs reindex',
      does: 'After the database was lost, or folders were moved.',
    },
  ],
  async run(context) {
    const { config } = await loadConfig(context, [])
    const store = await storeOpener(context, config)()
    try {
      const root = resolve(context.cwd, config.paths.runs)
      const { progress } = context
      const result = await reindex(root, store, { progress })
      for (const folder of result.unreadable) {
        context.logger.warn(`${folder} holds a run that cannot be read`)
      }
      printResult(context, { ...result, database: store.description }, () => {
        const { runs, dropped, rewritten } = result
        const changes = [
          ...(rewritten.length > 0 ? [`metrics written anew: ${rewritten.length}`] : []),
          ...(dropped.length > 0 ? [`forgotten, their folders being gone: ${dropped.length}`] : []),
        ]
        const lines = [`${runs} runs of ${root} are in the database (${store.description}).`]
        return [...lines, ...changes].join('\n')
      })
    } finally {
      await store.close()
    }
  },
})

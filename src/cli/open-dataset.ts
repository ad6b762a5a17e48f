import type { DataConfig } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { type Dataset, openConfiguredDataset, prepareDataset } from '../data/index.ts'
import type { CommandContext } from './context.ts'

/** The prepared data of a configuration; made now where there is none. Throws DATA_STALE. */
export async function openOrPrepareDataset(
  config: DataConfig,
  context: CommandContext,
): Promise<Dataset> {
  try {
    return await openConfiguredDataset(config, context.cwd)
  } catch (error) {
    if (!(error instanceof AtelierError) || error.code !== 'DATA_NOT_FOUND') throw error
    context.logger.info(`No prepared data in ${config.processed}; preparing "${config.name}" now.`)
    await prepareDataset(config, context)
    return openConfiguredDataset(config, context.cwd)
  }
}

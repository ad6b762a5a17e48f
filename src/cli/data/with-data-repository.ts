import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DataRepository, openRepository } from '../../versioning/index.ts'
import type { CommandContext } from '../context.ts'

/** Opens the DVC repository that the command was called in, for some work. Throws DVC_NO_REPOSITORY. */
export async function withDataRepository<T>(
  context: CommandContext,
  work: (repository: DataRepository) => Promise<T>,
): Promise<T> {
  const { cwd, env, clock, logger, progress, signal, packageRoot } = context
  const thread = join(packageRoot, 'dist/main/file-thread.js')
  const threadFile = existsSync(thread) ? thread : undefined
  const repository = await openRepository(cwd, { env, clock, logger, progress, signal, threadFile })
  try {
    return await work(repository)
  } finally {
    await repository.close()
  }
}

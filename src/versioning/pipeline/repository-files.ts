import { existsSync } from 'node:fs'
import { addToGitIgnore, gitTracked } from '../ignore/git-ignore-file.ts'
import { withRepositoryLock } from '../lock/repository-lock.ts'
import { objectPath } from '../objects/object-id.ts'
import type { DataRepository } from '../repository.ts'
import { versioningError } from '../versioning-error.ts'
import { checkOutPath } from '../work/check-out-path.ts'
import { commitPath } from '../work/commit-path.ts'
import { hashPath } from '../work/hash-path.ts'
import { objectsOf } from '../work/read-listing.ts'
import type { PathHash, StageFiles } from './stage-files.ts'

/** What a pipeline needs of a repository. */
export function stageFilesOf(repository: DataRepository): StageFiles {
  const { root, cache, tmp } = repository
  // what git keeps must be a file of its own, whatever the cache is linked with
  const copying: DataRepository = { ...repository, links: ['copy'] }
  const isCached = ({ md5 }: PathHash) => {
    const objects = objectsOf(cache, { md5, kind: 'md5' })
    return objects?.every((object) => existsSync(objectPath(cache, object))) === true
  }
  return {
    root,
    cacheFolder: cache,
    temporaryFolder: tmp,
    alone: (work) => withRepositoryLock(repository, work, { signal: repository.signal }),
    hash: (path) => hashPath(repository, path),
    isCached: async (hash) => isCached(hash),
    commit: async (path, link) => {
      await commitPath(repository, path, { relink: link })
    },
    checkout: async (path, hash, link) => {
      const data = { ...hash, kind: 'md5' } as const
      await checkOutPath(link ? repository : copying, path, data, { force: true })
    },
    unprotect: async (path) => {
      const hash = await hashPath(repository, path)
      if (hash === undefined || !isCached(hash)) return
      await checkOutPath(copying, path, hash, { force: true, relink: true })
    },
    ignore: async (path) => {
      if (repository.gitRoot === undefined) return
      const [tracked] = await gitTracked(path)
      if (tracked === undefined) return addToGitIgnore(path)
      throw versioningError('DVC_TARGET_INVALID', `The output ${path} is in git (${tracked}).`, {
        hint: `Take it out of git (git rm -r --cached), or let git keep it: \`cache: false\`.`,
        data: { path },
      })
    },
  }
}

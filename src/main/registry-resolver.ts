import type { Registry, ResolvedModel } from '../registry/index.ts'
import type { ModelResolver } from '../serving/index.ts'

/** Lets a server follow the names of registered models. */
export function registryResolver(registry: Registry): ModelResolver {
  return {
    revision: async (uri) => revisionOf(await registry.resolve(uri)),
    resolve: async (uri) => {
      const model = await registry.resolve(uri)
      const { name, version, sha256 } = model
      const bytes = async () => new Uint8Array(await registry.read(sha256))
      return { name, version, sha256, revision: revisionOf(model), bytes }
    },
  }
}

/** An alias that is moved away and back is another revision, of the same model. */
function revisionOf({ version, sha256 }: ResolvedModel): string {
  return `${version}:${sha256}`
}

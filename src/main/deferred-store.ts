import type { PredictionStore } from '../monitoring/index.ts'

/**
 * A prediction store that is opened when it is first needed. Predictions are safe in a journal before
 * they are in a store: so a service need not wait for its database when it starts, nor fail when the
 * database is away.
 */
export function deferredStore(
  { description, target }: Pick<PredictionStore, 'description' | 'target'>,
  open: () => Promise<PredictionStore>,
): PredictionStore {
  let opening: Promise<PredictionStore> | undefined
  const store = () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return {
    ...{ description, target },
    append: async (...given) => (await store()).append(...given),
    progress: async (...given) => (await store()).progress(...given),
    scan: async function* (query) {
      yield* (await store()).scan(query)
    },
    models: async () => (await store()).models(),
    gaps: async (...given) => (await store()).gaps(...given),
    addRequests: async (...given) => (await store()).addRequests(...given),
    requests: async (...given) => (await store()).requests(...given),
    addLabels: async (...given) => (await store()).addLabels(...given),
    labels: async (...given) => (await store()).labels(...given),
    prune: async (...given) => (await store()).prune(...given),
    close: async () => {
      if (opening !== undefined) await (await opening).close()
    },
  }
}

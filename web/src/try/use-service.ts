import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { ClassesAnswer, ServedModel, VersionAnswer } from '../../../src/contracts/index.ts'
import { classesOptions, healthOptions, versionOptions } from './service-api.ts'
import type { PictureQueue, PictureUpload } from './use-uploads.ts'

export interface Service {
  readonly state: 'asking' | 'ready' | 'no-model' | 'offline'
  /** Where the model is to come from. */
  readonly modelPath: string | null
  /** Undefined until a token or the first answer tells it. */
  readonly model: ServedModel | undefined
  readonly geometry: VersionAnswer['geometry']
  readonly classes: ClassesAnswer['classes']
}

/** What the service is and serves, and whether it is there: it may come and go. */
export function useService(queue: PictureQueue, uploads: readonly PictureUpload[]): Service {
  const health = useQuery(healthOptions)
  const hasModel = health.data?.model_loaded === true
  const version = useQuery({ ...versionOptions, enabled: hasModel })
  const classes = useQuery({ ...classesOptions, enabled: hasModel })
  useRelease(queue, uploads, health.isSuccess ? health.dataUpdatedAt : 0)
  const answering = uploads.find(({ progress }) => progress.kind === 'done')?.progress
  const answer = answering?.kind === 'done' ? answering.answer.answer : undefined
  useNewModel(version.data?.model?.sha256, answer?.model.sha256)
  return {
    state: stateOf(health, hasModel),
    modelPath: health.data?.model_path ?? null,
    model: version.data?.model ?? answer?.model,
    geometry: version.data?.geometry ?? answer?.model_input ?? null,
    classes: classes.data?.classes ?? [],
  }
}

function stateOf(
  health: { readonly isPending: boolean; readonly error: unknown },
  hasModel: boolean,
): Service['state'] {
  if (health.isPending) return 'asking'
  if (health.error !== null) return 'offline'
  return hasModel ? 'ready' : 'no-model'
}

/** Pictures that found no service are sent as soon as it answers again. */
function useRelease(queue: PictureQueue, uploads: readonly PictureUpload[], answered: number) {
  const client = useQueryClient()
  const since = Math.max(
    0,
    ...uploads.map(({ progress }) =>
      progress.kind === 'held' && progress.reason === 'offline' ? progress.since : 0,
    ),
  )
  useEffect(() => {
    if (since === 0) return
    if (answered > since) queue.release('offline')
    else void client.invalidateQueries({ queryKey: healthOptions.queryKey })
  }, [client, queue, since, answered])
}

/** An answer of another model than the one shown: the service has changed it meanwhile. */
function useNewModel(shown: string | undefined, answering: string | undefined) {
  const client = useQueryClient()
  useEffect(() => {
    if (shown === undefined || answering === undefined || shown === answering) return
    void client.invalidateQueries({ queryKey: ['service'] })
  }, [client, shown, answering])
}

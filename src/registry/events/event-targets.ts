import type { GithubConfig, WebhookConfig } from '../../contracts/index.ts'
import type { EventTarget } from './delivery.ts'

/** Receivers as they are configured. */
export interface EventSettings {
  readonly webhooks?: readonly WebhookConfig[] | undefined
  readonly github?: GithubConfig | null | undefined
}

export function eventTargets({ webhooks = [], github }: EventSettings): EventTarget[] {
  return [
    ...webhooks.map(({ url, events, secret_env, allow_private = false }) => ({
      ...{ kind: 'webhook' as const, url, events },
      ...{ secretEnv: secret_env, allowPrivate: allow_private },
    })),
    ...(github == null ? [] : [githubTarget(github)]),
  ]
}

function githubTarget({ repository, api, token_env, allow_private = false }: GithubConfig) {
  return {
    kind: 'github' as const,
    url: `${api.replace(/\/+$/, '')}/repos/${repository}/dispatches`,
    events: ['model.staged'],
    secretEnv: token_env,
    allowPrivate: allow_private,
  }
}

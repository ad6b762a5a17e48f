import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { Config } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import type { TrackedRecord, WandbSettings } from '../settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

const CLOUD = 'https://api.wandb.ai'
const RUN_ID = /^[^/\\#?%:\s]{1,128}$/
const MODES = new Set(['offline', 'dryrun', 'online', 'run', 'shared', 'disabled'])

/**
 * What the configuration and `WANDB_*` say about a run's way to W&B, the environment going first;
 * undefined: none. Throws TRACKER_SETTINGS.
 */
export function wandbSettings(
  config: Config,
  record: TrackedRecord,
  env: Environment,
  cwd: string,
): WandbSettings | undefined {
  const { wandb, project } = config.tracking
  const mode = wandb.enabled ? modeOf(wandb.mode, env) : undefined
  if (mode === undefined) return undefined
  const runId = env['WANDB_RUN_ID'] || shortId(record.id)
  if (!RUN_ID.test(runId)) throw malformed('WANDB_RUN_ID', runId, 'an id without / \\ # ? % :')
  const sweep = record.sweep === null ? '' : record.sweep.id
  return {
    tracker: 'wandb',
    mode,
    folder: resolve(cwd, env['WANDB_DIR'] || wandb.folder),
    baseUrl: baseUrlOf(env),
    entity: env['WANDB_ENTITY'] || wandb.entity || '',
    project: env['WANDB_PROJECT'] || wandb.project || project,
    runId,
    name: env['WANDB_NAME'] || record.id,
    group: env['WANDB_RUN_GROUP'] || sweep,
    jobType: env['WANDB_JOB_TYPE'] || 'train',
    notes: env['WANDB_NOTES'] || '',
    tags: (env['WANDB_TAGS'] || '').split(',').flatMap((tag) => tag.trim() || []),
    // a sweep of ours sets it for programs that read it; W&B's server knows no such sweep
    sweepId: env['WANDB_SWEEP_ID'] === sweep ? '' : env['WANDB_SWEEP_ID'] || '',
    model: wandb.model,
  }
}

/** Throws TRACKER_SETTINGS where nothing could be sent. */
export function wandbKey(env: Environment): string {
  const key = env['WANDB_API_KEY']?.trim()
  if (key) return key
  throw new AtelierError(
    'TRACKER_SETTINGS',
    'W&B is to be sent to, and WANDB_API_KEY is not set.',
    {
      hint: 'Set it to a key of your account, or write files with tracking.wandb.mode=offline.',
    },
  )
}

function modeOf(
  configured: WandbSettings['mode'],
  env: Environment,
): WandbSettings['mode'] | undefined {
  if (isTrue(env['WANDB_DISABLED'])) return undefined
  const given = (env['WANDB_MODE'] || configured).toLowerCase()
  if (!MODES.has(given)) {
    throw malformed('WANDB_MODE', given, 'offline, online or disabled')
  }
  if (given === 'disabled') return undefined
  return given === 'offline' || given === 'dryrun' ? 'offline' : 'online'
}

const isTrue = (text: string | undefined) => /^(?:1|true|yes|on|t|y)$/i.test(text ?? '')

function baseUrlOf(env: Environment): string {
  const text = env['WANDB_BASE_URL'] || CLOUD
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw malformed('WANDB_BASE_URL', text.replace(/\/\/[^/]*@/, '//…@'), 'http(s)://HOST')
  }
  return url.href.replace(/\/+$/, '')
}

/** Eight letters and digits, as W&B's own ids are, and always the same for one run. */
function shortId(runId: string): string {
  const hex = createHash('sha256').update(runId).digest('hex')
  return BigInt(`0x${hex}`).toString(36).slice(-8)
}

function malformed(name: string, got: string, wanted: string): AtelierError {
  return new AtelierError('TRACKER_SETTINGS', `${name} is "${got}", wanted ${wanted}.`)
}

import { beforeAll, describe, expect, it } from 'vitest'
import { composeConfig } from '../config/index.ts'
import type { Config } from '../contracts/index.ts'
import { trackerSettings } from './tracker-settings.ts'

const RECORD = { id: '20261125-1730-cnn-quiet-otter', sweep: null }

async function configOf(...overrides: readonly string[]): Promise<Config> {
  const packageConf = new URL('../../conf', import.meta.url).pathname
  return (await composeConfig(overrides, { cwd: '/nowhere', env: {}, packageConf })).training.config
}

const settingsOf = (config: Config, env: Readonly<Record<string, string>> = {}, sweep = false) =>
  trackerSettings(
    config,
    { ...RECORD, sweep: sweep ? { id: 'sweep-1', trial: 3, repeat: 0 } : null },
    { env, cwd: '/here' },
  )

describe('trackerSettings', () => {
  let wandb: Config
  let mlflow: Config
  beforeAll(async () => {
    wandb = await configOf('tracking=wandb')
    mlflow = await configOf('tracking=mlflow', 'tracking.mlflow.uri=http://localhost:5000/')
  })

  it('is empty by default', async () => {
    expect(settingsOf(await configOf(), { WANDB_MODE: 'online', WANDB_API_KEY: 'k' })).toEqual([])
  })

  it.each([
    { WANDB_MODE: 'disabled' },
    { WANDB_DISABLED: 'true' },
    { WANDB_DISABLED: '1', WANDB_MODE: 'online' },
  ])('is empty with %j', (env) => {
    expect(settingsOf(wandb, env as Record<string, string>)).toEqual([])
  })

  it('takes several', async () => {
    const config = await configOf('tracking=[wandb,tensorboard]')
    expect(settingsOf(config).map(({ tracker }) => tracker)).toEqual(['wandb', 'tensorboard'])
  })

  it('takes the id from the run, always the same', () => {
    const [one, two] = [settingsOf(wandb)[0], settingsOf(wandb)[0]]
    expect(one).toEqual(two)
    expect(one).toMatchObject({ runId: expect.stringMatching(/^[a-z0-9]{8}$/), name: RECORD.id })
  })

  it('makes a sweep a group, unless the environment names one', () => {
    expect(settingsOf(wandb, {}, true)[0]).toMatchObject({ group: 'sweep-1', sweepId: '' })
    const env = { WANDB_RUN_GROUP: 'mine', WANDB_SWEEP_ID: 'abc' }
    expect(settingsOf(wandb, env, true)[0]).toMatchObject({ group: 'mine', sweepId: 'abc' })
    const ours = { WANDB_SWEEP_ID: 'sweep-1' }
    expect(settingsOf(wandb, ours, true)[0]).toMatchObject({ sweepId: '' })
  })

  it('never keeps a key', () => {
    const env = { WANDB_API_KEY: 'geheim', WANDB_MODE: 'online', MLFLOW_TRACKING_TOKEN: 'geheim' }
    const kept = JSON.stringify([settingsOf(wandb, env), settingsOf(mlflow, env)])
    expect(kept).not.toContain('geheim')
    expect(kept).toContain('http://localhost:5000"')
  })

  it.each([
    [{ WANDB_MODE: 'sometimes' }, /WANDB_MODE is "sometimes"/],
    [{ WANDB_MODE: 'online' }, /WANDB_API_KEY is not set/],
    [{ WANDB_RUN_ID: 'a/b' }, /WANDB_RUN_ID/],
    [{ WANDB_BASE_URL: 'ftp://x' }, /WANDB_BASE_URL/],
    [{ WANDB_BASE_URL: 'https://me:geheim@x.example' }, /^(?!.*geheim).*WANDB_BASE_URL/],
  ])('refuses %j', (env, message) => {
    expect(() => settingsOf(wandb, env as Record<string, string>)).toThrow(message)
  })

  it.each([
    [{ MLFLOW_TRACKING_URI: 'sqlite:///x.db' }, /not the address/],
    [{ MLFLOW_TRACKING_URI: 'http://me:geheim@x.example' }, /^(?!.*geheim).*password/],
  ])('refuses %j', (env, message) => {
    expect(() => settingsOf(mlflow, env)).toThrow(message)
  })

  it('refuses MLflow without an address', async () => {
    const config = await configOf('tracking=mlflow')
    expect(() => settingsOf(config)).toThrow(/has no address/)
  })
})

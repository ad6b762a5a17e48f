import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BestEpoch, BundleManifest, EpochMetrics, RunRecord } from '../contracts/index.ts'
import { AtelierError, toAtelierError, writeFileAtomic } from '../core/index.ts'
import {
  lockRun,
  type Run,
  type RunLock,
  readMetrics,
  readRunConfig,
  refreshIndex,
  removeLeftovers,
  updateRun,
} from '../tracking/index.ts'
import { readWeights } from './checkpoint.ts'
import { exportBundle, type FitTemperature } from './export-bundle.ts'
import { collectProfile, type Profile } from './profile.ts'
import { runEpoch } from './run-epoch.ts'
import { type SessionOptions, TrainingSession, type TrainingTimes } from './training-session.ts'

/** Enough to average, few enough that the trace stays readable. */
const PROFILED_STEPS = 60

export interface TrainOptions extends SessionOptions {
  /** Fits the calibration on validation logits. */
  readonly fitTemperature: FitTemperature
  /** Name and version of the program that trains, for the model's manifest. */
  readonly producer: string
  /** Folder that receives a copy of the model as `model.onnx`, where servers look for it. */
  readonly publishTo?: string
}

export interface TrainResult {
  readonly run: Run
  /** The exported model; its published copy where one was asked for. */
  readonly model: string
  readonly best: BestEpoch
  readonly weightDigest: string
  readonly manifest: BundleManifest
  readonly epochs: readonly EpochMetrics[]
  readonly times: TrainingTimes
  readonly profile?: Profile
}

/**
 * Trains a run from where its checkpoint stands, or from the start, to the exported model of its
 * best epoch. Throws INTERRUPTED, TRAINING_DIVERGED, RUN_LOCKED; the run's record says how it ended.
 */
export async function trainModel(options: TrainOptions): Promise<TrainResult> {
  const lock = await lockRun(options.run.folder)
  try {
    await removeLeftovers(options.run.folder)
    return await trainLocked(options, lock)
  } finally {
    await lock.release()
  }
}

/** Continues a run that was stopped, killed or failed. Throws RUN_NOT_RESUMABLE when it is complete. */
export async function resumeTraining(options: Omit<TrainOptions, 'config'>): Promise<TrainResult> {
  const { run, dataset } = options
  if (run.record.status === 'completed') {
    throw new AtelierError('RUN_NOT_RESUMABLE', `${run.record.id} is complete.`, {
      hint: `Judge it with \`atelier evaluate ${run.record.id}\`, or train anew with more epochs.`,
    })
  }
  const digest = run.record.dataset?.digest
  if (digest !== dataset.manifest.digest) {
    throw new AtelierError(
      'DATA_STALE',
      `${run.record.id} was trained on data set ${digest?.slice(0, 12)}, ${dataset.folder} now holds ${dataset.manifest.digest.slice(0, 12)}.`,
      { hint: 'Prepare the same data again, or start a new run with `atelier train`.' },
    )
  }
  return trainModel({ ...options, config: await readRunConfig(run) })
}

async function trainLocked(options: TrainOptions, lock: RunLock): Promise<TrainResult> {
  let session: TrainingSession | undefined
  try {
    session = await TrainingSession.open(options, lock)
    await session.note({})
    const profile = await runEpochs(session)
    return { ...(await finish(session, options)), ...(profile === undefined ? {} : { profile }) }
  } catch (thrown) {
    await noteEnd(options, session, thrown)
    throw thrown
  } finally {
    await session?.close()
  }
}

/** Writes how the run ended, if that is possible: a full disk must not hide the error that told of it. */
async function noteEnd(
  { run, clock, logger, openStore }: TrainOptions,
  session: TrainingSession | undefined,
  thrown: unknown,
): Promise<void> {
  const { code, message } = toAtelierError(thrown)
  const end: Partial<RunRecord> =
    code === 'INTERRUPTED'
      ? { status: 'interrupted' }
      : { status: 'failed', failure: { code, message } }
  try {
    if (session !== undefined) {
      await session.note(end)
      return
    }
    await updateRun(run, clock, end)
    if (openStore !== undefined) await refreshIndex([run.folder], openStore, logger)
  } catch (error) {
    logger.warn(`${run.files.record} could not be written: ${toAtelierError(error).message}`)
  }
}

async function runEpochs(session: TrainingSession): Promise<Profile | undefined> {
  const { position, options, totalSteps } = session
  const first = position.step
  const last = Math.min(first + PROFILED_STEPS, totalSteps)
  let profile: Profile | undefined
  const onStep = async (step: number) => {
    if (!options.profile || step !== last) return
    session.trainer.endProfiling()
    profile = await collectProfile(options.run.files.profile, step - first)
  }
  if (first > 0) {
    const { id } = options.run.record
    options.logger.info(`Continuing ${id} after step ${first} of ${totalSteps}.`)
  }
  while (position.epoch < options.config.hyperparameters.epochs) await runEpoch(session, onStep)
  return profile
}

async function finish(
  session: TrainingSession,
  options: TrainOptions,
): Promise<Omit<TrainResult, 'profile'>> {
  const { run, dataset } = options
  const best = session.position.best!
  const weights = await readWeights(run.files.bestCheckpoint)
  const manifest = await exportBundle({
    ...options,
    dataset: dataset.manifest,
    weights,
    val: session.val,
    best,
  })
  const model = await publish(run, options.publishTo)
  await session.recorder.seal()
  const completed = await session.note({
    status: 'completed',
    weight_digest: manifest.weight_digest,
  })
  session.times.index = session.recorder.indexSeconds
  const lines = await readMetrics(run.files.metrics)
  return {
    run: completed,
    model,
    best,
    weightDigest: manifest.weight_digest,
    manifest,
    epochs: lines.filter((line) => line.type === 'epoch'),
    times: session.times,
  }
}

/** A server that reads the published model meanwhile sees the old one whole. */
async function publish({ files }: Run, folder: string | undefined): Promise<string> {
  if (folder === undefined) return files.model
  const target = join(folder, 'model.onnx')
  await writeFileAtomic(target, await readFile(files.model))
  return target
}

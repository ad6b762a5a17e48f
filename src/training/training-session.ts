import { mkdir } from 'node:fs/promises'
import type { BestEpoch, Config, RunRecord } from '../contracts/index.ts'
import { AtelierError, type Clock, digestOf, type Logger, type Progress } from '../core/index.ts'
import type { Dataset, Split } from '../data/index.ts'
import type { Weights } from '../nn/index.ts'
import {
  epochValues,
  type OpenStore,
  Recorder,
  type Run,
  type RunLock,
  readMetrics,
} from '../tracking/index.ts'
import { type BatchSource, createBatchSource } from './batch-source.ts'
import { type Position, readCheckpoint, writeCheckpoint, writeWeights } from './checkpoint.ts'
import { type ModelSpec, modelSpec } from './model-spec.ts'
import { tracePrefix } from './profile.ts'
import { Trainer } from './trainer.ts'
import { allFinite, inferenceWeights } from './weights.ts'

export interface SessionOptions {
  readonly run: Run
  readonly config: Config
  readonly dataset: Dataset
  readonly progress: Progress
  readonly logger: Logger
  readonly clock: Clock
  /** Aborted: the step is finished, a checkpoint written, and INTERRUPTED thrown. */
  readonly signal?: AbortSignal
  /** Traces the first steps with onnxruntime. */
  readonly profile?: boolean
  /** The store of runs that is kept up with this one; absent: none. */
  readonly openStore?: OpenStore
}

/** Seconds of this process by what they were spent on. */
export interface TrainingTimes {
  /** In the engine. */
  steps: number
  /** Filling and augmenting batches. */
  batches: number
  /** Metrics, progress and the event loop. */
  tracking: number
  /** In calls of the database of runs, within the others: SQLite's answer at once. */
  index: number
  checkpoints: number
  validation: number
}

/** Owns what a training process holds open: the trainer, the recorder, and how far it got. */
export class TrainingSession {
  readonly options: SessionOptions
  readonly spec: ModelSpec
  readonly trainer: Trainer
  readonly train: Split
  readonly val: Split
  readonly batches: BatchSource
  readonly position: Position
  readonly recorder: Recorder
  /** Metrics of the best epoch so far, by name. */
  summary: Readonly<Record<string, number>> = {}
  readonly times: TrainingTimes = {
    steps: 0,
    batches: 0,
    tracking: 0,
    index: 0,
    checkpoints: 0,
    validation: 0,
  }

  private constructor(parts: Opened) {
    this.options = parts.options
    this.spec = parts.spec
    this.trainer = parts.trainer
    this.train = parts.train
    this.val = parts.val
    this.batches = parts.batches
    this.position = parts.position
    this.recorder = parts.recorder
  }

  /** Opens a run, whose lock is held, at its last checkpoint, or at the start when it has none. */
  static async open(options: SessionOptions, lock: RunLock): Promise<TrainingSession> {
    const { run, config, dataset, profile } = options
    const spec = modelSpec(config, dataset.manifest)
    const [train, val] = [await dataset.load('train'), await dataset.load('val')]
    const batches = createBatchSource(config, train, spec.geometry)
    const checkpoint = await readCheckpoint(run.files.lastCheckpoint)
    const position = checkpoint?.position ?? startPosition(config)
    requireSame(run, position, config)
    if (profile) await mkdir(run.files.profile, { recursive: true })
    const trainerOptions = {
      ...spec,
      optimizer: config.optimizer,
      regularization: config.regularization,
      seed: config.seed,
      threads: config.trainer.threads,
      ...(profile ? { profilePrefix: tracePrefix(run.files.profile) } : {}),
    }
    const batchSize = Math.min(config.hyperparameters.batch_size, train.size)
    const trainer = await Trainer.create(trainerOptions, batchSize, checkpoint?.state)
    const recorder = await Recorder.open(
      { ...options, lock, systemSeconds: config.tracking.system_seconds },
      { offset: position.metricsOffset, step: position.step },
    )
    const parts = { options, spec, trainer, train, val, batches, position, recorder }
    const session = new TrainingSession(parts)
    if (position.best !== null) session.summary = await summaryOf(run, position.best)
    return session
  }

  get totalSteps(): number {
    return this.batches.stepsPerEpoch * this.options.config.hyperparameters.epochs
  }

  /** The weights that a model made now would have. They are the live tensors: the next steps write them. */
  get weights(): Weights {
    return inferenceWeights(this.trainer.state, this.trainer.graph)
  }

  /** Brings position, state and metrics to the disk; refuses to replace a good checkpoint by NaN. */
  async checkpoint(): Promise<void> {
    const started = this.options.clock.monotonic()
    const { state } = this.trainer
    if (!allFinite(state)) throw diverged(this, 'the weights hold NaN or infinity')
    this.position.metricsOffset = await this.recorder.sync()
    const path = this.options.run.files.lastCheckpoint
    await writeCheckpoint(path, { position: this.position, state })
    await this.note({})
    this.times.checkpoints += (this.options.clock.monotonic() - started) / 1000
  }

  /** Keeps the weights of an epoch that is the best so far. */
  async keepBest(best: BestEpoch): Promise<void> {
    this.position.best = best
    await writeWeights(this.options.run.files.bestCheckpoint, this.weights)
  }

  /** Writes how far training is, and `change`, to the run's record. */
  note(change: Partial<RunRecord>): Promise<Run> {
    const { step, best, seconds } = this.position
    return this.recorder.note({
      status: 'running',
      failure: null,
      step,
      best,
      seconds,
      summary: { ...this.summary },
      ...change,
    })
  }

  async close(): Promise<void> {
    await this.recorder.close()
    await this.trainer.close()
  }
}

type Opened = Pick<
  TrainingSession,
  'options' | 'spec' | 'trainer' | 'train' | 'val' | 'batches' | 'position' | 'recorder'
>

export function diverged(session: TrainingSession, what: string): AtelierError {
  const { config } = session.options
  const rate = config.hyperparameters.learning_rate
  return new AtelierError(
    'TRAINING_DIVERGED',
    `Training diverged at step ${session.position.step + 1}: ${what}.`,
    {
      hint: `Lower the learning rate, for example hyperparameters.learning_rate=${rate / 10}. The last good checkpoint is kept.`,
      data: { step: session.position.step + 1 },
    },
  )
}

function startPosition(config: Config): Position {
  return {
    step: 0,
    epoch: 0,
    lossSum: 0,
    correct: 0,
    epochSeconds: 0,
    seconds: 0,
    best: null,
    metricsOffset: 0,
    seed: config.seed,
    configDigest: digestOf(config),
  }
}

async function summaryOf({ files }: Run, { epoch }: BestEpoch): Promise<Record<string, number>> {
  const lines = await readMetrics(files.metrics)
  const best = lines.find((line) => line.type === 'epoch' && line.epoch === epoch)
  return best?.type === 'epoch' ? epochValues(best) : {}
}

/** A checkpoint continues exactly only under the settings it was made with. */
function requireSame(run: Run, position: Position, config: Config): void {
  if (position.configDigest === digestOf(config)) return
  throw new AtelierError(
    'RUN_NOT_RESUMABLE',
    `The checkpoint of ${run.record.id} was made with other settings than its config.yaml holds now.`,
    { hint: 'Undo the change to config.yaml, or start a new run with `atelier train`.' },
  )
}

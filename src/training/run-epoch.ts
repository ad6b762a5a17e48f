import type { BestEpoch, EpochMetrics } from '../contracts/index.ts'
import { AtelierError, type ProgressHandle } from '../core/index.ts'
import { learningRateFactor } from '../nn/index.ts'
import { epochValues } from '../tracking/index.ts'
import type { StepResult } from './trainer.ts'
import { diverged, type TrainingSession } from './training-session.ts'
import { validate } from './validation.ts'

/** A terminal is drawn at most so often; making the text costs too. */
const REPORT_MS = 100

/** Trains what is left of the epoch under way, judges it on validation, and writes a checkpoint. */
export async function runEpoch(
  session: TrainingSession,
  onStep: (step: number) => Promise<void>,
): Promise<void> {
  const { position, batches, train, options } = session
  const end = (position.epoch + 1) * batches.stepsPerEpoch
  const label = `epoch ${position.epoch + 1}/${options.config.hyperparameters.epochs}`
  const bar = options.progress.start({ label, total: train.size, unit: 'images' })
  const report = createReporter(session, bar)
  try {
    while (position.step < end) {
      await runStep(session, report)
      await onStep(position.step)
      if (options.signal?.aborted) throw await interrupt(session)
      const due = position.step % options.config.trainer.checkpoint_steps === 0
      if (due && position.step < end) await session.checkpoint()
    }
    const metrics = await finishEpoch(session)
    bar.finish(summary(metrics))
  } catch (error) {
    bar.finish()
    throw error
  }
}

async function runStep(session: TrainingSession, report: () => void): Promise<void> {
  const { position, times, options, trainer } = session
  const { clock } = options
  const started = clock.monotonic()
  const batch = session.batches.at(position.step)
  const filled = clock.monotonic()
  const learningRate = learningRateAt(session, position.step)
  // The runtime takes a turn of the event loop before it computes: that is when signals arrive.
  const result = await trainer.step(batch, position.step, learningRate)
  const stepped = clock.monotonic()
  if (!Number.isFinite(result.loss)) throw diverged(session, `the loss is ${result.loss}`)
  await track(session, result, batch.labels.data.length, learningRate)
  report()
  const ended = clock.monotonic()
  times.batches += (filled - started) / 1000
  times.steps += (stepped - filled) / 1000
  times.tracking += (ended - stepped) / 1000
  position.epochSeconds += (ended - started) / 1000
  position.seconds += (ended - started) / 1000
}

function learningRateAt({ options, totalSteps, batches }: TrainingSession, step: number): number {
  const { hyperparameters, schedule } = options.config
  const { stepsPerEpoch } = batches
  return (
    hyperparameters.learning_rate *
    learningRateFactor(step, schedule, { totalSteps, stepsPerEpoch })
  )
}

async function track(
  { position, recorder, options }: TrainingSession,
  { loss, correct }: StepResult,
  size: number,
  learning_rate: number,
): Promise<void> {
  position.step++
  position.lossSum += loss * size
  position.correct += correct
  const { step, epoch } = position
  const accuracy = correct / size
  const time = options.clock.now()
  await recorder.add({ type: 'step', time, step, epoch: epoch + 1, loss, accuracy, learning_rate })
}

function createReporter(session: TrainingSession, bar: ProgressHandle): () => void {
  const { position, options } = session
  let last = Number.NEGATIVE_INFINITY
  return () => {
    const now = options.clock.monotonic()
    if (now - last < REPORT_MS) return
    last = now
    const images = imagesSeen(session)
    const loss = (position.lossSum / images).toFixed(4)
    const accuracy = (position.correct / images).toFixed(4)
    bar.update(images, `loss ${loss} accuracy ${accuracy}${runRemaining(session)}`)
  }
}

/** How long the epochs after this one will take, too, in minutes; the bar tells of this one. */
function runRemaining({ position, totalSteps }: TrainingSession): string {
  const seconds = (position.seconds / position.step) * (totalSteps - position.step)
  return seconds < 60 ? '' : `, all epochs ${Math.round(seconds / 60)} min`
}

/** Images of the epoch under way that were trained on. */
function imagesSeen({ position, batches, train, options }: TrainingSession): number {
  const steps = position.step - position.epoch * batches.stepsPerEpoch
  return Math.min(steps * options.config.hyperparameters.batch_size, train.size)
}

async function finishEpoch(session: TrainingSession): Promise<EpochMetrics> {
  const { position, options, times } = session
  const started = options.clock.monotonic()
  const { threads, eval_batch_size: batchSize } = options.config.trainer
  const { loss, accuracy } = await validate(session.spec, session.weights, session.val, {
    threads,
    batchSize,
  })
  if (!Number.isFinite(loss)) throw diverged(session, `the validation loss is ${loss}`)
  const candidate = { epoch: position.epoch + 1, val_loss: loss, val_accuracy: accuracy }
  const best = isBetter(candidate, position.best)
  if (best) await session.keepBest(candidate)
  const spent = (options.clock.monotonic() - started) / 1000
  times.validation += spent
  position.seconds += spent
  const metrics = epochMetrics(session, candidate, best)
  if (best) session.summary = epochValues(metrics)
  await session.recorder.add(metrics)
  Object.assign(position, { epoch: position.epoch + 1, lossSum: 0, correct: 0, epochSeconds: 0 })
  await session.checkpoint()
  return metrics
}

/** More images right; of equals, the lower loss; of equals again, the earlier. */
function isBetter(candidate: BestEpoch, best: BestEpoch | null): boolean {
  if (best === null || candidate.val_accuracy > best.val_accuracy) return true
  return candidate.val_accuracy === best.val_accuracy && candidate.val_loss < best.val_loss
}

function epochMetrics(
  { position, train, options }: TrainingSession,
  { epoch, val_loss, val_accuracy }: BestEpoch,
  best: boolean,
): EpochMetrics {
  return {
    type: 'epoch',
    time: options.clock.now(),
    epoch,
    step: position.step,
    train_loss: position.lossSum / train.size,
    train_accuracy: position.correct / train.size,
    val_loss,
    val_accuracy,
    best,
    seconds: position.epochSeconds,
    images_per_second: train.size / position.epochSeconds,
  }
}

function summary({
  train_loss,
  train_accuracy,
  val_loss,
  val_accuracy,
  best,
}: EpochMetrics): string {
  const trained = `loss ${train_loss.toFixed(4)} accuracy ${train_accuracy.toFixed(4)}`
  const judged = `val loss ${val_loss.toFixed(4)} accuracy ${val_accuracy.toFixed(4)}`
  return `${trained} · ${judged}${best ? ' (best)' : ''}`
}

async function interrupt(session: TrainingSession): Promise<AtelierError> {
  await session.checkpoint()
  const { id } = session.options.run.record
  const { step } = session.position
  return new AtelierError('INTERRUPTED', `Stopped after step ${step} of ${session.totalSteps}.`, {
    hint: `Continue with \`atelier resume ${id}\`.`,
    data: { run: id, step },
  })
}

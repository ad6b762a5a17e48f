import type { Clock } from '../../core/index.ts'
import type { PredictionService, ServingEvents } from '../../serving/index.ts'
import { MetricRegistry } from '../metrics/metrics.ts'
import { addProcessMetrics } from '../metrics/process-metrics.ts'

/** In seconds: from less than one picture takes to more than anyone waits. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** What the service counts. */
export interface ServiceMetrics {
  /** For the prediction service. */
  readonly events: ServingEvents
  /** A request was answered. */
  answered(route: string, status: number, seconds: number): void
  /** Pictures were answered, or one was not. */
  predicted(count: number): void
  failed(code: string): void
  /** Tells of the model and its queue as well, from then on. */
  watch(service: PredictionService): void
  text(): string
  summary(): { requests: number; predictions: number; predictionMs: number }
}

export function createServiceMetrics(clock: Clock): ServiceMetrics {
  const registry = new MetricRegistry()
  const requests = registry.counter('http_requests_total', 'Answered requests.')
  const duration = registry.histogram(
    'http_request_duration_seconds',
    'From the arrival of a request to its answer.',
    SECONDS,
  )
  const predictions = registry.counter('atelier_predictions_total', 'Answered pictures.')
  const errors = registry.counter(
    'atelier_prediction_errors_total',
    'Pictures that were not answered.',
  )
  predictions.add(0)
  const labels = labelCache()
  const inside = insideMetrics(registry)
  addProcessMetrics(registry, clock)
  return {
    events: inside.events,
    answered: (route, status, seconds) => {
      const { counted, timed } = labels(route, status)
      requests.add(1, counted)
      duration.observe(seconds, timed)
    },
    predicted: (count) => predictions.add(count),
    failed: (code) => errors.add(1, { code }),
    watch: (service) => watchService(registry, service, inside),
    text: () => registry.text(),
    summary: () => ({
      requests: requests.total(),
      predictions: predictions.total(),
      predictionMs: inside.totals.waitMs + inside.totals.imageMs,
    }),
  }
}

/** Sums behind Triton's names, in ms. */
interface InsideTotals {
  batches: number
  images: number
  waitMs: number
  batchMs: number
  /** Time in the model, counted for each picture of a batch. */
  imageMs: number
}

function insideMetrics(registry: MetricRegistry) {
  const wait = registry.histogram(
    'atelier_queue_wait_seconds',
    'How long a picture waited for the model.',
    SECONDS,
  )
  const size = registry.histogram('atelier_batch_size', 'Pictures run together.', BATCHES)
  const run = registry.histogram(
    'atelier_batch_seconds',
    'Time of one batch in the model.',
    SECONDS,
  )
  const reloads = registry.counter('atelier_model_reloads_total', 'Models loaded or refused.')
  const restarts = registry.counter(
    'atelier_worker_restarts_total',
    'Threads that ended unasked and were started again.',
  )
  const lost = registry.counter(
    'atelier_prediction_records_lost_total',
    'Answered pictures that the prediction log did not take.',
  )
  const results = { loaded: { result: 'loaded' }, refused: { result: 'refused' } }
  // a series that begins with its first event has no increase then, and no alert would see it
  for (const counter of [restarts, lost]) counter.add(0)
  for (const result of Object.values(results)) reloads.add(0, result)
  const totals: InsideTotals = { batches: 0, images: 0, waitMs: 0, batchMs: 0, imageMs: 0 }
  const events: ServingEvents = {
    onBatch: ({ ran, milliseconds }, waits) => {
      if (ran === 0) return
      size.observe(ran)
      run.observe(milliseconds / 1000)
      totals.batches += 1
      totals.images += ran
      totals.batchMs += milliseconds
      totals.imageMs += milliseconds * ran
      for (const ms of waits) {
        wait.observe(Math.max(0, ms) / 1000)
        totals.waitMs += Math.max(0, ms)
      }
    },
    onReload: (result) => reloads.add(1, results[result]),
    onCrash: () => restarts.add(1),
    onLoss: (count) => lost.add(count),
  }
  return { events, totals }
}

function watchService(
  registry: MetricRegistry,
  { slot }: PredictionService,
  { totals }: { readonly totals: InsideTotals },
): void {
  const current = () => slot.current
  registry.gauge('atelier_queue_depth', 'Pictures that wait for the model or run.', () => [
    { value: current()?.pool.depth ?? 0 },
  ])
  registry.gauge('atelier_workers', 'Threads that take pictures.', () => [
    { value: current()?.pool.alive ?? 0 },
  ])
  registry.gauge('atelier_model_info', 'The model that is served.', () => {
    const model = current()?.model
    if (model === undefined) return []
    const { name, version, sha256, fingerprint } = model.identity
    return [{ value: 1, labels: { model: name, version: `${version ?? ''}`, sha256, fingerprint } }]
  })
  registry.gauge(
    'atelier_model_refused',
    '1 when the newest model of the source was refused.',
    () => [{ value: slot.failure === undefined ? 0 : 1 }],
  )
  const triton = (name: string, help: string, value: () => number) =>
    registry.kept(name, `${help} Triton's name.`, () => {
      const { name: model = '', version = null } = current()?.model.identity ?? {}
      return [{ value: value(), labels: { model, version: `${version ?? ''}` } }]
    })
  triton('nv_inference_count', 'Pictures run.', () => totals.images)
  triton('nv_inference_exec_count', 'Batches run.', () => totals.batches)
  triton('nv_inference_queue_duration_us', 'Time in the queue.', () => totals.waitMs * 1000)
  triton(
    'nv_inference_compute_infer_duration_us',
    'Time in the model.',
    () => totals.batchMs * 1000,
  )
}

/** The same label objects for the same labels: the registry knows them by identity. */
function labelCache() {
  const known = new Map<string, Map<number, ReturnType<typeof make>>>()
  const make = (route: string, status: number) => ({
    counted: { route, code: String(status) },
    timed: { route },
  })
  return (route: string, status: number) => {
    let ofRoute = known.get(route)
    if (ofRoute === undefined) {
      ofRoute = new Map()
      known.set(route, ofRoute)
    }
    let labels = ofRoute.get(status)
    if (labels === undefined) {
      labels = make(route, status)
      ofRoute.set(status, labels)
    }
    return labels
  }
}

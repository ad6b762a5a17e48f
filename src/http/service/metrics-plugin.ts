import type { FastifyInstance } from 'fastify'
import { METRICS_TYPE } from '../metrics/metrics.ts'
import type { ServiceMetrics } from './service-metrics.ts'

/** Counts every answer, and tells the counts. */
export async function metricsPlugin(
  app: FastifyInstance,
  { metrics }: { readonly metrics: ServiceMetrics },
) {
  app.get('/metrics', { config: { access: 'token' } }, async (request, reply) => {
    if (request.headers.accept?.includes('application/json')) {
      const { requests, predictions, predictionMs } = metrics.summary()
      return {
        total_requests: requests,
        total_predictions: predictions,
        average_prediction_time_ms: predictions === 0 ? 0 : predictionMs / predictions,
      }
    }
    reply.header('content-type', METRICS_TYPE)
    return metrics.text()
  })
}

/** On the whole server, so it is no part of the plugin. */
export function countAnswers(
  app: FastifyInstance,
  metrics: ServiceMetrics,
  onAnswer: ((status: number) => void) | undefined,
): void {
  app.addHook('onResponse', (request, reply, done) => {
    // what there is no route for is one series: clients choose addresses
    const { url = 'none', access } = request.rule
    metrics.answered(url, reply.statusCode, reply.elapsedTime / 1000)
    if (access === 'predict') onAnswer?.(reply.statusCode)
    done()
  })
}

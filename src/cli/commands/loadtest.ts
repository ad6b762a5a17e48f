import { resolve } from 'node:path'
import { AtelierError, writeFileAtomic } from '../../core/index.ts'
import {
  type LoadPlan,
  type LoadResult,
  runLoad,
  serviceRoutes,
  writeLoadReport,
} from '../../loadtest/index.ts'
import { type CommandInput, defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { loadCsv } from '../loadtest/load-csv.ts'
import { loadImages } from '../loadtest/load-images.ts'
import { readMix, readPace, readToken, readUrl, requireWithin } from '../loadtest/load-options.ts'
import { loadText, planText, pointNote, totalNote } from '../loadtest/load-text.ts'
import { missedThresholds, readThresholds } from '../loadtest/load-thresholds.ts'

const commandArguments = {
  url: { description: 'The service: http://127.0.0.1:8080.', required: true },
} as const

const commandOptions = {
  users: {
    type: 'integer',
    description: 'Users, each of whom waits for the answer before asking again.',
    short: 'u',
    default: 10,
  },
  ramp: {
    type: 'number',
    description: 'Time over which the users arrive.',
    placeholder: 'SECONDS',
    default: 0,
  },
  wait: {
    type: 'string',
    description: 'How long a user thinks after an answer: 0, 0.5, or a range.',
    placeholder: 'SECONDS',
    default: '1-3',
  },
  rate: {
    type: 'number',
    description:
      'Instead of users: so many requests a second, whatever the answers. Latencies count from when a request was due.',
    short: 'r',
  },
  connections: {
    type: 'integer',
    description: 'With --rate: the most requests at once. Default: 256.',
    short: 'c',
  },
  duration: {
    type: 'number',
    description: 'When to end.',
    short: 'd',
    placeholder: 'SECONDS',
    default: 60,
  },
  maxRequests: { type: 'integer', description: 'End after so many requests, if that is sooner.' },
  timeout: {
    type: 'number',
    description: 'When a request counts as failed.',
    placeholder: 'SECONDS',
    default: 10,
  },
  mix: {
    type: 'string',
    description:
      'How often each route is asked: root, health, classes, predict, batch (8 images), metrics.',
    placeholder: 'ROUTE=WEIGHT,…',
    default: 'health=5,predict=10,classes=2',
  },
  body: {
    type: 'string',
    description: 'How an image is sent: in a form, or as it is.',
    choices: ['multipart', 'raw'],
    default: 'multipart',
  },
  images: {
    type: 'string',
    description: 'Images to send. Default: drawn garments and noise.',
    placeholder: 'DIR',
  },
  seed: {
    type: 'integer',
    description: 'Of drawn images, choices and times of thought.',
    default: 42,
  },
  token: { type: 'string', description: 'Sent as a bearer token (ATELIER_TOKEN).' },
  insecure: { type: 'boolean', description: 'Take any certificate of an https service.' },
  failAbove: {
    type: 'string',
    description:
      'Exit with 1 above these limits: p99=50ms,errors=0.1%. Without one for errors, any is too many.',
    placeholder: 'LIMITS',
  },
  csv: {
    type: 'string',
    description: 'Write PREFIX_stats.csv, PREFIX_history.csv and PREFIX_failures.csv.',
    placeholder: 'PREFIX',
  },
  html: { type: 'string', description: 'Write a report for a browser.', placeholder: 'FILE' },
} as const

type Input = CommandInput<typeof commandArguments, typeof commandOptions>

export const loadtestCommand = defineCommand({
  arguments: commandArguments,
  options: commandOptions,
  overrides: false,
  examples: [
    {
      command: 'atelier loadtest http://127.0.0.1:8080 -u 50 --ramp 10',
      does: 'Fifty people for a minute.',
    },
    {
      command: 'atelier loadtest http://127.0.0.1:8080 -u 25 --wait 0 --mix predict=1',
      does: 'As fast as 25 connections go.',
    },
    {
      command: 'atelier loadtest URL -r 500 -d 180 --fail-above p99=50ms --html load.html',
      does: 'A constant rate, judged, with a report.',
    },
  ],
  async run(context, input) {
    const { options } = input
    const thresholds = readThresholds(options.failAbove)
    const plan = await readPlan(context, input)
    context.logger.info(`Asking ${plan.url.origin}: ${planText(plan)}. Ctrl-C ends it and reports.`)
    const result = await runWithProgress(context, plan)
    printResult(context, result, () => loadText(plan, result))
    await writeReports(context, options, plan, result)
    const missed = missedThresholds(result, thresholds)
    if (missed.length > 0) {
      throw new AtelierError('LOAD_FAILED', `The load test failed: ${missed.join('; ')}.`, {
        data: { missed },
      })
    }
  },
})

async function readPlan(context: CommandContext, { arguments: words, options }: Input) {
  const url = readUrl(words.url)
  const mix = readMix(options.mix)
  const pace = readPace(options)
  const token = readToken(options.token ?? context.env['ATELIER_TOKEN'])
  const { duration, timeout, maxRequests, seed, insecure } = options
  requireWithin('--duration', duration, 0.1, 86_400)
  requireWithin('--timeout', timeout, 0.01, 600)
  if (maxRequests !== undefined) requireWithin('--max-requests', maxRequests, 1, 1e9)
  const images = await loadImages(context, options.images, seed)
  const body = options.body === 'raw' ? 'raw' : 'multipart'
  const routes = serviceRoutes(mix, { url, token, images, body })
  return { url, routes, pace, duration, maxRequests, timeout, seed, insecure } satisfies LoadPlan
}

async function runWithProgress(context: CommandContext, plan: LoadPlan): Promise<LoadResult> {
  const { clock, signal, progress } = context
  const total = plan.maxRequests === undefined ? {} : { total: plan.maxRequests }
  const bar = progress.start({ label: 'Asking', unit: 'requests', ...total })
  const result = await runLoad(plan, {
    clock,
    signal,
    onPoint: (point) => bar.update(point.total.requests, pointNote(point, plan.duration)),
  })
  bar.update(result.total.requests)
  bar.finish(totalNote(result))
  return result
}

async function writeReports(
  { cwd, logger }: CommandContext,
  options: Input['options'],
  plan: LoadPlan,
  result: LoadResult,
): Promise<void> {
  if (options.csv !== undefined) {
    for (const [name, text] of Object.entries(loadCsv(result))) {
      await writeFileAtomic(resolve(cwd, `${options.csv}_${name}.csv`), `${text}\n`)
    }
    logger.info(
      `Wrote ${options.csv}_stats.csv, ${options.csv}_history.csv, ${options.csv}_failures.csv`,
    )
  }
  if (options.html !== undefined) {
    await writeLoadReport(resolve(cwd, options.html), result, planText(plan))
    logger.info(`Wrote ${options.html}`)
  }
}

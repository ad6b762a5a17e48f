import { AtelierError } from '../../core/index.ts'
import type { Delivery } from '../../registry/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { receiverOf } from '../models/deliver-events.ts'
import { withRegistry } from '../models/with-registry.ts'
import { formatTable } from '../table.ts'

const TIMEOUT_MS = 10_000

export const modelsDeliverCommand = defineCommand({
  arguments: {},
  options: {
    failed: { type: 'boolean', description: 'Also what a receiver refused.' },
    attempts: { type: 'integer', description: 'For each of them.', default: 4 },
    dryRun: { type: 'boolean', description: 'Only list what waits.', short: 'n' },
  },
  overrides: false,
  examples: [
    { command: 'atelier models deliver', does: 'Sends the events that wait, in order.' },
    { command: 'atelier models deliver --dry-run', does: 'Lists them, with what went wrong.' },
  ],
  async run(context, { options: { failed: failedToo, attempts, dryRun } }) {
    if (attempts < 1 || attempts > 8) {
      throw new AtelierError('USAGE', `--attempts is ${attempts}, wanted 1 to 8.`)
    }
    await withRegistry(context, async ({ registry }) => {
      const { env, signal } = context
      const options = { env, signal, attempts, failedToo, timeoutMs: TIMEOUT_MS }
      const tried = dryRun ? [] : await registry.deliver(options)
      const waiting = await registry.undelivered()
      const delivered = tried.filter(({ state }) => state === 'delivered')
      printResult(context, { delivered, waiting }, () => textOf(delivered, waiting))
      const pending = waiting.filter(({ state }) => state === 'pending' || failedToo)
      if (dryRun || pending.length === 0) return
      throw new AtelierError('DELIVERY_FAILED', `${pending.length} of the events still wait.`, {
        hint: 'See the outcome of each in the table, then try again.',
      })
    })
  },
})

function textOf(delivered: readonly Delivery[], waiting: readonly Delivery[]): string {
  const head = `${delivered.length} delivered, ${waiting.length} not.`
  if (waiting.length === 0) return delivered.length === 0 ? 'Nothing waits.' : head
  const table = formatTable(
    [
      { title: 'entry', align: 'right' },
      { title: 'event' },
      { title: 'to' },
      { title: 'state' },
      { title: 'attempts', align: 'right' },
      { title: 'outcome' },
    ],
    waiting.map(({ sequence, event, url, state, attempts, outcome }) => [
      ...[String(sequence), event, receiverOf(url), state, String(attempts), outcome ?? ''],
    ]),
  )
  return `${table}\n${head}`
}

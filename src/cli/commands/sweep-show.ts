import { join } from 'node:path'
import { findSweep } from '../../sweeps/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { definitionOf } from '../sweep/parse-definition.ts'
import { resultCsv } from '../sweep/result-table.ts'
import { subjectOf } from '../sweep/run-sweep.ts'
import { resultText, sweepJson } from '../sweep/sweep-text.ts'
import { viewOf } from '../sweep/sweep-view.ts'
import { writeResults } from '../sweep/write-results.ts'

export const sweepShowCommand = defineCommand({
  arguments: {
    sweep: { description: 'Id, its start or end, folder, or `latest`.', required: true },
  },
  options: {
    csv: { type: 'boolean', description: 'Print the ranked trials as CSV.' },
  },
  overrides: false,
  examples: [
    { command: 'atelier sweep show latest', does: 'The ranked trials; writes the report anew.' },
    { command: 'atelier sweep show quiet-otter --csv', does: 'For a spreadsheet.' },
  ],
  async run(given, { arguments: { sweep: query }, options }) {
    const sweep = await findSweep(join(given.cwd, 'sweeps'), query)
    const context = { ...given, config: sweep.state.request.config }
    const definition = await definitionOf(context, sweep)
    const view = viewOf(sweep.state, subjectOf(sweep.state, definition))
    if (options.csv) {
      context.stdout.write(`${resultCsv(view)}\n`)
      return
    }
    const results = await writeResults(context, sweep, definition, view)
    printResult(context, sweepJson(view, results), () => resultText(context, view, results))
  },
})

import { type CsvValue, formatCsv } from '../core/index.ts'
import { type ComparedValue, compareRuns } from '../tracking/index.ts'
import type { ComparedRun } from './comparison.ts'

/** As stored, not as shown: digests whole, numbers with all digits. */
export function comparisonCsv(runs: readonly ComparedRun[], all: boolean): string {
  const entries = runs.map(({ entry }) => entry)
  const { config, surroundings, metrics } = compareRuns(entries)
  const rows = (kind: string, compared: readonly ComparedValue[]) =>
    compared
      .filter(({ differs }) => all || differs)
      .map(({ key, values }) => [kind, key, ...values.map(csvValue)])
  return formatCsv(
    ['kind', 'name', ...entries.map(({ record }) => record.id)],
    [
      ...rows('setting', config),
      ...rows('surrounding', surroundings),
      ...metrics.map(({ metric, values }) => ['metric', metric, ...values]),
    ],
  )
}

function csvValue(value: unknown): CsvValue {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as CsvValue)
}

/** Every setting, with whether it differs; the files are those that were written. */
export function comparisonJson(runs: readonly ComparedRun[], files: readonly string[]) {
  const entries = runs.map(({ entry }) => entry)
  return {
    runs: entries.map(({ record, folder }) => ({ ...record, folder })),
    ...compareRuns(entries),
    files,
  }
}

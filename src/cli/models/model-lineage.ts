import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import {
  type BundleManifest,
  evaluationReportSchema,
  type ModelLineage,
  type RegisteredEvaluation,
  type RunRecord,
} from '../../contracts/index.ts'
import type { Run } from '../../tracking/index.ts'

/** All that is known of where a model came from, as it is now. */
export async function lineageOf(
  manifest: BundleManifest,
  run: Run | undefined,
): Promise<ModelLineage> {
  if (run === undefined) return { manifest, run: null, config: null, evaluations: [] }
  const reports = [join(run.folder, 'report.json'), join(run.folder, 'validation', 'report.json')]
  const evaluations = await Promise.all(reports.map((path) => readEvaluation(path, manifest)))
  return {
    manifest,
    run: runFacts(run.record),
    config: await readConfig(run),
    evaluations: evaluations.flat(),
  }
}

function runFacts(record: RunRecord): NonNullable<ModelLineage['run']> {
  const { id, project, created, seconds, command, git, environment, sweep } = record
  return { id, project, created, seconds, command, git, environment, sweep }
}

async function readConfig({ files }: Run): Promise<ModelLineage['config']> {
  const text = await readFile(files.config, 'utf8').catch(() => '')
  const value: unknown = parse(text)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
}

/** What a `report.json` says; empty where there is none, or it is about other weights. */
export async function readEvaluation(
  path: string,
  manifest: BundleManifest,
): Promise<RegisteredEvaluation[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return []
  const { success, data } = evaluationReportSchema.safeParse(JSON.parse(text))
  if (!success || data.model.weight_digest !== manifest.weight_digest) return []
  const { created, dataset, test_looks, accuracy, loss, per_class, macro_average } = data
  const { served, ece, ece_calibrated } = data.calibration
  const scores = { accuracy, loss, per_class, macro_average, served, ece, ece_calibrated }
  return [{ created, dataset, test_looks, ...scores }]
}

import { z } from 'zod'
import { bundleManifestSchema } from './bundle.ts'
import { evaluationReportSchema } from './evaluation.ts'
import { runRecordSchema } from './run.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const versionNumber = z.int().positive()

/** What the registry keeps of a report about a model: one for each split it was judged on. */
export const registeredEvaluationSchema = evaluationReportSchema
  .pick({
    created: true,
    dataset: true,
    test_looks: true,
    accuracy: true,
    loss: true,
    per_class: true,
    macro_average: true,
  })
  .extend(
    evaluationReportSchema.shape.calibration.pick({ served: true, ece: true, ece_calibrated: true })
      .shape,
  )
export type RegisteredEvaluation = z.infer<typeof registeredEvaluationSchema>

/** Where a model came from. It is written when the version is registered and never changes. */
export const modelLineageSchema = z.strictObject({
  /** As it stands in the model file: data set, configuration digest, weights, metrics. */
  manifest: bundleManifestSchema,
  /** Null where the run's folder was not at hand; its id is in the manifest. */
  run: runRecordSchema
    .pick({
      id: true,
      project: true,
      created: true,
      seconds: true,
      command: true,
      git: true,
      environment: true,
      sweep: true,
    })
    .nullable(),
  /** The resolved configuration of the training; null without a run. */
  config: z.record(z.string(), z.unknown()).nullable(),
  evaluations: z.array(registeredEvaluationSchema),
})
export type ModelLineage = z.infer<typeof modelLineageSchema>

/** One version of a registered model. */
export const modelVersionSchema = z.strictObject({
  name: z.string(),
  /** Counted from 1 without gaps, for each name. */
  version: versionNumber,
  created: z.iso.datetime(),
  actor: z.string(),
  /** Of the model file. */
  sha256: digest,
  bytes: z.int().positive(),
  description: z.string(),
  tags: z.array(z.string()),
  lineage: modelLineageSchema,
})
export type ModelVersion = z.infer<typeof modelVersionSchema>

/** A name that points to one version of a model, and can be moved. */
export const modelAliasSchema = z.strictObject({
  alias: z.string(),
  version: versionNumber,
  /** Where a rollback goes; null: nowhere. */
  previous: versionNumber.nullable(),
  /** Grows by one with every move, and does not start again when the alias is taken away. */
  revision: z.int().positive(),
  updated: z.iso.datetime(),
  actor: z.string(),
})
export type ModelAlias = z.infer<typeof modelAliasSchema>

export const registryActionSchema = z.enum([
  'registered',
  'described',
  'aliased',
  'unaliased',
  'promoted',
  // the gate said no, and the alias stayed
  'refused',
  'rolled_back',
])
export type RegistryAction = z.infer<typeof registryActionSchema>

/** One line of the registry's history, chained to the one before. */
export const historyEntrySchema = z.strictObject({
  /** Counted from 1 without gaps, over all models. Its order is the order of what happened. */
  sequence: z.int().positive(),
  /** What the clock said; a clock may step back. */
  time: z.iso.datetime(),
  actor: z.string(),
  action: registryActionSchema,
  model: z.string(),
  version: versionNumber.nullable(),
  alias: z.string().nullable(),
  /** The version that the alias pointed to before. */
  previous: versionNumber.nullable(),
  reason: z.string().nullable(),
  /** SHA-256 of the canonical JSON of what was written about the version. */
  record: digest.nullable(),
  /** SHA-256 of the canonical JSON of the gate's verdict. */
  verdict: digest.nullable(),
  /** `hash` of the entry before; zeros in the first. */
  prev_hash: digest,
  /** SHA-256 of the canonical JSON of the entry without this field. */
  hash: digest,
})
export type HistoryEntry = z.infer<typeof historyEntrySchema>

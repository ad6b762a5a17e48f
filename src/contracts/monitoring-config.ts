import { z } from 'zod'
import { windowSpanSchema } from './alert.ts'

const positive = z.number().positive()

export const monitoringSchema = z.strictObject({
  log: z
    .string()
    .min(1)
    .nullable()
    .describe(
      'Where predictions are logged: "database" (of the runs), gs://bucket/folder, s3://bucket/folder, file:///folder, or the path of a CSV file. LOG_URI goes before it; null: nowhere.',
    ),
  journals: z
    .string()
    .min(1)
    .describe('Folder of what waits for the database or the bucket, safe from a crash.'),
  journal_mb: positive.describe(
    'Most that waits while the database or the bucket is away; more is dropped and counted.',
  ),
  flush_seconds: positive.describe('Seconds until predictions are in the database.'),
  segment_seconds: positive.describe(
    'Seconds until predictions are in gs://, s3:// or file://, an object each time.',
  ),
  retention_days: positive.nullable().describe('Days that predictions are kept; null: for good.'),
  check_minutes: positive.describe('Minutes between the checks of `monitor serve`.'),
  check_window: windowSpanSchema.describe('What a check judges: 30m, 24h, 7d, or 500 rows.'),
  csv_mb: positive.describe('Size at which a CSV log is set aside and begun anew.'),
  csv_files: z.int().min(0).describe('CSV logs set aside that are kept.'),
})
export type MonitoringConfig = z.infer<typeof monitoringSchema>

import { z } from 'zod'

const positive = z.number().positive()

export const monitoringSchema = z.strictObject({
  log: z
    .string()
    .min(1)
    .nullable()
    .describe(
      'Where predictions are logged: "database" (of the runs), or the path of a CSV file. LOG_URI goes before it; null: nowhere.',
    ),
  journals: z.string().min(1).describe('Folder of what waits for the database, safe from a crash.'),
  journal_mb: positive.describe(
    'Most that waits while the database is away; more is dropped and counted.',
  ),
  flush_seconds: positive.describe('Seconds until predictions are in the database.'),
  retention_days: positive.nullable().describe('Days that predictions are kept; null: for good.'),
  csv_mb: positive.describe('Size at which a CSV log is set aside and begun anew.'),
  csv_files: z.int().min(0).describe('CSV logs set aside that are kept.'),
})
export type MonitoringConfig = z.infer<typeof monitoringSchema>

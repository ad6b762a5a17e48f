import { z } from 'zod'
import { registryEventNameSchema } from './registry-event.ts'

const fraction = z.number().min(0).max(1)
const variable = z.string().regex(/^[A-Za-z_]\w*$/)
/** Addresses of the web without a password in them: it would stand in the database. */
const webUrl = z.url({ protocol: /^https?$/ }).refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), {
  error: 'A URL of a webhook holds no user or password.',
})
const allowPrivate = z
  .boolean()
  .optional()
  .describe('Also send it to addresses of this machine and of private networks.')

const webhookSchema = z.strictObject({
  url: webUrl.describe('Where events are sent.'),
  events: z.array(registryEventNameSchema).min(1).describe('Which of them.'),
  secret_env: variable.describe('Environment variable that holds the secret of the signature.'),
  allow_private: allowPrivate,
})
export type WebhookConfig = z.infer<typeof webhookSchema>

const githubSchema = z.strictObject({
  repository: z
    .string()
    .regex(/^[A-Za-z\d][\w.-]*\/(?!\.{1,2}$)[\w.-]+$/)
    .describe('OWNER/REPOSITORY whose workflows are started.'),
  api: webUrl.describe("Address of GitHub's API; https://api.github.com, or an enterprise's."),
  token_env: variable.describe('Environment variable that holds the token.'),
  allow_private: allowPrivate,
})
export type GithubConfig = z.infer<typeof githubSchema>

export const registrySchema = z.strictObject({
  name: z.string().min(1).describe('Name under which models are registered when none is given.'),
  store: z
    .string()
    .min(1)
    .describe('Where registered model files are kept: a folder, or a gs:// or s3:// URL.'),
  protected_aliases: z
    .array(z.string().min(1))
    .describe('Aliases that only `models promote` and `models rollback` move.'),
  webhooks: z.array(webhookSchema).describe('Who is told what happens to models.'),
  github: githubSchema
    .nullable()
    .describe('Starts workflows of type staged_model when a version becomes staging; null: none.'),
})

/** What a candidate must show against the model that the alias points to. */
export const gateSchema = z.strictObject({
  alpha: fraction
    .gt(0)
    .lt(1)
    .describe("Significance level of McNemar's test; 1 - alpha is the level of the interval."),
  min_accuracy: fraction.describe('Lowest validation accuracy of a candidate.'),
  max_accuracy_drop: fraction.describe(
    'Largest accuracy loss against the current model that the interval may still allow.',
  ),
  min_class_recall: fraction.describe('Lowest recall of any class.'),
  max_class_recall_drop: fraction.describe('Largest recall loss of any class.'),
  max_ece: fraction.describe('Largest expected calibration error.'),
  max_latency_ratio: z
    .number()
    .positive()
    .describe('Largest median time for one image, as a multiple of that of the current model.'),
  max_size_ratio: z
    .number()
    .positive()
    .describe('Largest file size, as a multiple of the current model.'),
  bootstrap_samples: z.int().min(100).max(100_000).describe('Resamples of the bootstrap interval.'),
  seed: z.int().nonnegative().describe('Seed of the bootstrap.'),
})
export type GateConfig = z.infer<typeof gateSchema>

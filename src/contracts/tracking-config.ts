import { z } from 'zod'

const name = z.string().min(1)
const model = z.boolean().describe('Send the exported model as well.')

/** Other trackers that a run is told to, besides its own folder. */
export const trackersShape = {
  wait_seconds: z
    .number()
    .nonnegative()
    .max(3600)
    .describe('How long the end of a run waits for trackers that do not answer.'),
  wandb: z.strictObject({
    enabled: z.boolean().describe('Write each run as one of Weights & Biases.'),
    mode: z
      .enum(['offline', 'online'])
      .describe('offline: files for `wandb sync`; online: send. WANDB_MODE goes before it.'),
    folder: name.describe('Folder that gets `wandb/`; WANDB_DIR goes before it.'),
    project: name.nullable().describe('Null: tracking.project; WANDB_PROJECT goes before either.'),
    entity: name.nullable().describe('User or team; WANDB_ENTITY goes before it.'),
    model,
  }),
  mlflow: z.strictObject({
    enabled: z.boolean().describe('Send each run to an MLflow server.'),
    uri: name.nullable().describe('Its address; MLFLOW_TRACKING_URI goes before it.'),
    experiment: name
      .nullable()
      .describe('Null: tracking.project; MLFLOW_EXPERIMENT_NAME goes before either.'),
    model,
    register: name
      .nullable()
      .describe('Registered model that gets each model as a new version; null: none.'),
    alias: name.nullable().describe('Alias that then points to the version; null: none.'),
  }),
  tensorboard: z.strictObject({
    enabled: z.boolean().describe('Write event files for TensorBoard.'),
    folder: name.describe('Folder that gets a folder for each run.'),
  }),
}

import { z } from 'zod'
import { alertsSchema } from './alert.ts'
import { imageGeometrySchema } from './image.ts'
import { monitoringSchema } from './monitoring-config.ts'
import { gateSchema, registrySchema } from './registry-config.ts'
import { servingSchema } from './serving-config.ts'
import { trackersShape } from './tracking-config.ts'

/**
 * The schemas of the resolved configuration: the TypeScript types, the validation and the
 * description of every key. Defaults live in `conf/`, not here.
 */
const fraction = z.number().min(0).max(1)
/** For numbers x where something is divided by 1 − x. */
const fractionBelowOne = z.number().min(0).lt(1)
const positiveInt = z.int().positive()

const hyperparametersSchema = z.strictObject({
  learning_rate: z
    .number()
    .positive()
    .describe('Learning rate, or its peak when a schedule shapes it.'),
  batch_size: positiveInt.max(4096).describe('Images per optimizer step.'),
  epochs: positiveInt.describe('Passes over the training split.'),
})

const modelSchema = z.strictObject({
  type: z.string().min(1).describe('Architecture: cnn, mlp, or another name of the catalogue.'),
  dropout: fractionBelowOne
    .nullable()
    .describe("Dropout probability; null takes the architecture's own."),
  width: z.number().positive().nullable().describe('Multiplies the channel counts; null means 1.'),
  mirror: z
    .boolean()
    .describe('Answer with the mean over the image and its mirror image, at twice the work.'),
})

const optimizerSchema = z.strictObject({
  name: z
    .enum(['sgd', 'adam', 'adamw', 'muon'])
    .describe('Update rule. muon: for the hidden layers; adamw for the rest.'),
  momentum: fraction.describe('SGD and Muon: momentum.'),
  nesterov: z.boolean().describe('SGD and Muon: Nesterov momentum.'),
  beta1: fractionBelowOne.describe('Adam: decay of the first moment.'),
  beta2: fractionBelowOne.describe('Adam: decay of the second moment.'),
  eps: z.number().positive().describe('Adam: added to the root of the second moment.'),
  weight_decay: z
    .number()
    .min(0)
    .describe('L2 penalty (sgd, adam) or decoupled decay (adamw, muon).'),
  decay_all: z
    .boolean()
    .describe('Decay biases and normalization weights too, as PyTorch does by default.'),
})

const scheduleSchema = z.strictObject({
  name: z
    .enum(['constant', 'step', 'cosine', 'one_cycle'])
    .describe('Shape of the learning rate over the run.'),
  warmup: fraction.describe('Share of all steps in which the rate rises.'),
  start_factor: fraction.describe(
    'Rate at the first step of the warm-up, as a share of learning_rate.',
  ),
  final_factor: fraction.describe('Rate at the last step, as a share of learning_rate.'),
  step_epochs: positiveInt.describe('step: epochs between drops.'),
  step_factor: fraction.describe('step: factor of each drop.'),
})

const augmentationSchema = z.strictObject({
  flip: fraction.describe('Probability of a horizontal flip.'),
  shift: z.int().min(0).max(64).describe('Largest shift in pixels, both axes.'),
  erase: fraction.describe('Probability of erasing a random rectangle.'),
  erase_area: z
    .tuple([fraction, fraction])
    .describe('Smallest and largest erased share of the image.'),
})

const regularizationSchema = z.strictObject({
  label_smoothing: fraction.describe('Share of the target spread over all classes.'),
  clip_norm: z
    .number()
    .positive()
    .nullable()
    .describe('Largest global gradient norm; null leaves it.'),
  ema_decay: fraction
    .nullable()
    .describe('Decay of the averaged weights that are evaluated; null: none.'),
})

const trainerSchema = z.strictObject({
  threads: positiveInt.max(256).describe('Threads of the engine; part of the bit-exact promise.'),
  checkpoint_steps: positiveInt.describe(
    'Steps between checkpoints; each epoch ends with one as well.',
  ),
  eval_batch_size: positiveInt.describe('Images per batch in evaluation.'),
})

const trackingSchema = z.strictObject({
  project: z.string().min(1).describe('Name under which runs are gathered.'),
  database: z
    .string()
    .min(1)
    .describe('SQLite file of all runs; the environment variable DATABASE_URL goes before it.'),
  system_seconds: z
    .number()
    .positive()
    .nullable()
    .describe('Seconds between measurements of CPU and memory; null: none.'),
  ...trackersShape,
})

const fileSchema = z.strictObject({
  name: z.string().describe('File name without .gz.'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 of the uncompressed bytes.'),
})

const dataBase = {
  name: z.string().min(1).describe('Name of the data set.'),
  processed: z.string().min(1).describe('Folder of the prepared splits.'),
  geometry: imageGeometrySchema.describe('Pixels that the model takes.'),
  validation: z
    .union([positiveInt, fraction])
    .describe('Validation images: a count, or a share below 1.'),
  split_seed: z.int().nonnegative().describe('Seed of the stratified split.'),
}

const dataSchema = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('idx').describe('IDX files, as MNIST and Fashion-MNIST come.'),
    ...dataBase,
    raw: z.string().describe('Folder of the raw files, and where a download goes.'),
    mirrors: z.array(z.url()).describe('Base URLs, tried in order.'),
    classes: z.array(z.string().min(1)).min(2).describe('Class names by label.'),
    files: z.strictObject({
      train_images: fileSchema,
      train_labels: fileSchema,
      test_images: fileSchema,
      test_labels: fileSchema,
    }),
  }),
  z.strictObject({
    source: z.literal('sketch').describe('The embedded data set, drawn on the spot.'),
    ...dataBase,
    train: positiveInt.describe('Images drawn for training and validation.'),
    test: positiveInt.describe('Images drawn for the test split.'),
    seed: z.int().nonnegative().describe('Seed of the drawing.'),
  }),
  z.strictObject({
    source: z.literal('folder').describe('A folder with one sub-folder of images per class.'),
    ...dataBase,
    path: z.string().min(1).describe('The folder.'),
    test: z.union([positiveInt, fraction]).describe('Test images: a count, or a share below 1.'),
  }),
])

const pathsSchema = z.strictObject({
  runs: z.string().describe('Folder of the run folders.'),
  models: z.string().describe('Folder that receives the exported model.'),
  reports: z.string().describe('Folder of reports and figures.'),
})

/** What decides a training: a run keeps it, and its digest says whether two runs are of one configuration. */
export const configSchema = z.strictObject({
  seed: z
    .int()
    .nonnegative()
    .max(Number.MAX_SAFE_INTEGER)
    .describe('Seed of all randomness in training.'),
  hyperparameters: hyperparametersSchema,
  model: modelSchema,
  data: dataSchema,
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  augmentation: augmentationSchema,
  regularization: regularizationSchema,
  trainer: trainerSchema,
  tracking: trackingSchema,
  paths: pathsSchema,
})

export type Config = z.infer<typeof configSchema>

/** All settings of a project: those of training, and of what happens to a model afterwards. */
export const projectConfigSchema = configSchema.extend({
  registry: registrySchema,
  gate: gateSchema,
  serving: servingSchema,
  monitoring: monitoringSchema,
  alerts: alertsSchema,
})
export type ProjectConfig = z.infer<typeof projectConfigSchema>
export type DataConfig = Config['data']
export type IdxDataConfig = Extract<DataConfig, { source: 'idx' }>
export type SketchDataConfig = Extract<DataConfig, { source: 'sketch' }>
export type FolderDataConfig = Extract<DataConfig, { source: 'folder' }>

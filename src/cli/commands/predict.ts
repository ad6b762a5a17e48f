import { type Bundle, loadBundle } from '../../bundle/index.ts'
import { AtelierError, toAtelierError } from '../../core/index.ts'
import { preprocessImage } from '../../image/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { findModel } from '../find-model.ts'
import { type ImageSource, imageSources } from '../image-sources.ts'
import { loadConfig } from '../load-config.ts'
import { type ImageAnswer, predictionText } from '../prediction-text.ts'

const BATCH = 64

export const predictCommand = defineCommand({
  arguments: {
    image: {
      description: 'Image files, folders of them, or `-` for one on stdin.',
      required: true,
      variadic: true,
    },
  },
  options: {
    model: {
      type: 'string',
      description:
        'A run, a model.onnx, or models:/NAME… MODEL_URI or the newest run when left out.',
      short: 'm',
      placeholder: 'RUN|PATH|URI',
    },
    top: { type: 'integer', description: 'Classes to show for each image.', placeholder: 'K' },
  },
  overrides: false,
  examples: [
    { command: 'atelier predict shoe.png', does: 'One image: all classes.' },
    { command: 'atelier predict photos --top 2 --json', does: 'All images of a folder.' },
    { command: 'atelier predict - --model models/model.onnx < shoe.png', does: 'From a pipe.' },
  ],
  async run(context, { arguments: { image: words }, options }) {
    if (options.top !== undefined && options.top < 1) {
      throw new AtelierError('USAGE', `--top is ${options.top}, wanted at least 1.`)
    }
    const { config } = await loadConfig(context, [])
    const found = await findModel(context, options.model, config)
    const { threads } = config.trainer
    const bundle = await loadBundle(found.content, { threads, batchSize: BATCH })
    try {
      const answers = await predictAll(bundle, await imageSources(words, context), context)
      printResult(context, answers, () => predictionText(answers, options.top))
      reportFailures(answers)
    } finally {
      await bundle.close()
    }
  },
})

async function predictAll(
  bundle: Bundle,
  sources: readonly ImageSource[],
  { signal, progress }: CommandContext,
): Promise<ImageAnswer[]> {
  const answers: ImageAnswer[] = []
  const many = sources.length > BATCH
  const bar = many
    ? progress.start({ label: 'Predicting', total: sources.length, unit: 'images' })
    : undefined
  for (let start = 0; start < sources.length; start += BATCH) {
    signal.throwIfAborted()
    answers.push(...(await predictBatch(bundle, sources.slice(start, start + BATCH))))
    bar?.update(answers.length)
  }
  bar?.finish()
  return answers
}

/** One bad image is answered by its error and does not stop the others. */
async function predictBatch(
  bundle: Bundle,
  sources: readonly ImageSource[],
): Promise<ImageAnswer[]> {
  const decoded = await Promise.all(
    sources.map(({ name, read }) =>
      read()
        .then((bytes) => preprocessImage(bytes, bundle.manifest.preprocessing, { name }))
        .catch((error: unknown) => toAtelierError(error)),
    ),
  )
  const readable = decoded.filter((pixels) => pixels instanceof Uint8Array)
  const { probabilities } = await bundle.predict(
    new Uint8Array(Buffer.concat(readable)),
    readable.length,
  )
  let row = 0
  return decoded.map((pixels, i): ImageAnswer => {
    const filename = sources[i]!.name
    if (pixels instanceof AtelierError) {
      return { filename, error: { code: pixels.code, message: pixels.message } }
    }
    return { filename, ...answerOf(bundle.manifest.classes, probabilities, row++) }
  })
}

function answerOf(classes: readonly string[], probabilities: Float32Array, row: number) {
  const all = classes.map((name, k) => [name, probabilities[row * classes.length + k]!] as const)
  const [predicted_class, confidence] = all.reduce((a, b) => (b[1] > a[1] ? b : a))
  return { predicted_class, confidence, all_probabilities: Object.fromEntries(all) }
}

function reportFailures(answers: readonly ImageAnswer[]): void {
  const failed = answers.filter((answer) => 'error' in answer)
  if (failed.length === 0) return
  throw new AtelierError(
    'IMAGE_UNREADABLE',
    `${failed.length} of ${answers.length} images could not be read: ${failed
      .slice(0, 3)
      .map(({ filename }) => filename)
      .join(', ')}${failed.length > 3 ? ' …' : ''}.`,
  )
}

import { relative } from 'node:path'
import type { RobustnessReport } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import {
  buildRobustnessReport,
  errorTableOf,
  type ModelScores,
  openCorruptedSets,
  type RobustnessFiles,
  sampleOf,
  scoreSets,
  storedReference,
  stripCollector,
  writeRobustness,
} from '../../robustness/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import {
  modelArgument,
  openSubjectSplit,
  reportPlace,
  type SplitChoice,
  type Subject,
  splitOption,
  withSubject,
} from '../judgement.ts'
import { robustnessText } from '../robustness-text.ts'
import { noteFiles } from '../run-files.ts'

/** Of the corruptions: results are comparable because it is always the same. */
const SEED = 0

export const robustnessCommand = defineCommand({
  arguments: { model: modelArgument },
  options: {
    split: splitOption,
    images: {
      type: 'integer',
      description: 'How many images of the split to corrupt; all when left out.',
      placeholder: 'N',
    },
    reference: {
      type: 'string',
      description:
        "The model to measure errors by. The original's, whose errors on Fashion-MNIST are known, when left out.",
      short: 'r',
      placeholder: 'RUN|PATH',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier robustness', does: 'Judge the newest run on 75 corrupted test splits.' },
    {
      command: 'atelier robustness --split val --images 1000',
      does: 'Quickly, and without a look at the test split.',
    },
    {
      command: 'atelier robustness latest --reference models/model.onnx',
      does: 'Errors as shares of those of another model.',
    },
  ],
  async run(context, { arguments: { model }, options, overrides }) {
    const { images, reference } = options
    if (images !== undefined && images < 1) {
      throw new AtelierError('USAGE', `--images is ${images}, wanted at least 1.`)
    }
    const request = { split: options.split as SplitChoice, images }
    await withSubject(context, model, overrides, (subject) =>
      reference === undefined
        ? judge(context, request, subject)
        : withSubject(context, reference, overrides, (other) =>
            judge(context, request, subject, other),
          ),
    )
  },
})

interface Request {
  readonly split: SplitChoice
  readonly images: number | undefined
}

async function judge(
  context: CommandContext,
  request: Request,
  subject: Subject,
  other?: Subject,
): Promise<void> {
  const { bundle, source, run, config, dataset } = subject
  requireSameData(subject, other)
  const { split, testLooks } = await openSubjectSplit(
    context,
    subject,
    request.split,
    'atelier robustness',
  )
  if (other !== undefined) {
    await openSubjectSplit(context, other, request.split, 'atelier robustness --reference')
  }
  const sample = sampleOf(split, request.images, SEED)
  const { folder, manifest } = dataset
  const sets = await openCorruptedSets({
    ...{ folder, dataset: manifest, splitName: request.split },
    ...{ sample, seed: SEED, logger: context.logger },
  })
  const strips = stripCollector(sample.images, manifest.geometry)
  const bundles = other === undefined ? [bundle] : [bundle, other.bundle]
  const { progress, signal, clock } = context
  const scoring = { sample, sets, progress, signal, onSet: strips.add }
  const [scores, otherScores] = await scoreSets(bundles, scoring)
  const report = buildRobustnessReport({
    ...{ bundle, source, dataset: manifest, splitName: request.split, images: sample.size },
    ...{ testLooks, seed: SEED, scores: scores!, clock },
    reference: otherScores === undefined ? storedReference(sets) : referenceOf(other!, otherScores),
  })
  const files = await writeReports(context, subject, request, report, await strips.encode())
  if (run !== undefined) await noteFiles(context, run, config)
  printResult(context, { report, files }, () =>
    robustnessText(report, relative(context.cwd, files.robustnessHtml)),
  )
}

function requireSameData({ dataset }: Subject, other: Subject | undefined): void {
  const digest = other?.dataset.manifest.digest
  if (digest === undefined || digest === dataset.manifest.digest) return
  throw new AtelierError(
    'MODEL_DATA_MISMATCH',
    `The reference belongs to data set ${digest.slice(0, 12)}, the model to ${dataset.manifest.digest.slice(0, 12)}.`,
    { hint: 'Name a reference that was trained on the same data.' },
  )
}

const referenceOf = (
  { bundle }: Subject,
  scores: ModelScores,
): NonNullable<RobustnessReport['reference']> => ({
  name: bundle.manifest.run_id,
  weight_digest: bundle.manifest.weight_digest,
  errors: errorTableOf(scores),
})

async function writeReports(
  context: CommandContext,
  subject: Subject,
  { split, images }: Request,
  report: RobustnessReport,
  strips: Parameters<typeof writeRobustness>[2]['strips'],
): Promise<RobustnessFiles> {
  const { folder, copy } = reportPlace(context, subject, split)
  const words = [
    ...['atelier robustness', subject.source],
    ...(split === 'test' ? [] : ['--split', split]),
    ...(images === undefined ? [] : ['--images', String(images)]),
  ]
  const files = await writeRobustness(folder, report, { strips, command: words.join(' ') })
  return {
    robustnessJson: await copy(files.robustnessJson),
    robustnessHtml: await copy(files.robustnessHtml),
    figures: await Promise.all(files.figures.map(copy)),
  }
}

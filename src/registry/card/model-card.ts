import type { ModelVersion, RegisteredEvaluation } from '../../contracts/index.ts'

/** What a model card says, before it is Markdown or a page. */
export interface ModelCard {
  readonly title: string
  readonly sections: readonly CardSection[]
}

export interface CardSection {
  readonly heading: string
  readonly paragraphs: readonly string[]
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly table?: {
    readonly columns: readonly string[]
    readonly rows: readonly (readonly string[])[]
  }
  readonly code?: string
}

/** The card of a registered version: only what was recorded when it was registered. */
export function modelCard(version: ModelVersion): ModelCard {
  return {
    title: `${version.name} version ${version.version}`,
    sections: [
      aboutSection(version),
      ...version.lineage.evaluations.map((evaluation) => resultSection(version, evaluation)),
      dataSection(version),
      trainingSection(version),
      fileSection(version),
    ],
  }
}

const section = (heading: string, rest: Partial<CardSection>): CardSection => ({
  ...{ heading, paragraphs: [], facts: [] },
  ...rest,
})

function aboutSection({ description, tags, lineage, created, actor }: ModelVersion): CardSection {
  const { architecture, parameters, classes, metrics, preprocessing } = lineage.manifest
  const { channels, height, width } = preprocessing.geometry
  const color = channels === 1 ? 'grey' : 'colour'
  return section('About', {
    paragraphs: [
      ...description.split(/\n{2,}/).filter((text) => text !== ''),
      `Names the class of a ${color} image of ${height} × ${width} pixels, one of ${classes.length}: ${classes.join(', ')}. Images of anything else get one of these names too.`,
    ],
    facts: [
      ['Network', `${architecture}, ${parameters.toLocaleString('en-US')} parameters`],
      ['Validation accuracy', `${percent(metrics.val_accuracy)}, epoch ${metrics.epoch}`],
      ['Validation loss', metrics.val_loss.toFixed(4)],
      ...(tags.length === 0 ? [] : [['Tags', tags.join(', ')] as const]),
      ['Registered', `${minute(created)} UTC by ${actor}`],
    ],
  })
}

function resultSection({ lineage }: ModelVersion, evaluation: RegisteredEvaluation): CardSection {
  const { dataset, accuracy, loss, macro_average, per_class } = evaluation
  const { ece, ece_calibrated, served } = evaluation
  const isTest = dataset.split === 'test'
  const { classes, temperature } = lineage.manifest
  return section(isTest ? 'Result on the test split' : 'Result on the validation split', {
    paragraphs: [
      isTest
        ? looks(evaluation)
        : 'The model was chosen on these images, so the figures are a little too good.',
    ],
    facts: [
      [
        'Accuracy',
        `${percent(accuracy.value)}, with 95% confidence ${percent(accuracy.low)} to ${percent(accuracy.high)}`,
      ],
      ['Images', `${dataset.size} of ${dataset.name}`],
      ['Loss', `${loss.toFixed(4)} nats`],
      ['Macro F1', macro_average.f1.toFixed(4)],
      [
        'Calibration error',
        `${ece.toFixed(4)} of softmax(logits), ${ece_calibrated.toFixed(4)} at temperature ${temperature.toFixed(3)}; it answers with the ${served === 'raw' ? 'first' : 'second'}`,
      ],
      ['Evaluated', `${minute(evaluation.created)} UTC`],
    ],
    table: {
      columns: ['Class', 'Precision', 'Recall', 'F1', 'Images'],
      rows: per_class.map(({ precision, recall, f1, support }, k) => [
        classes[k] ?? String(k),
        ...[precision, recall, f1].map((share) => share.toFixed(4)),
        String(support),
      ]),
    },
  })
}

function looks({ test_looks }: RegisteredEvaluation): string {
  return test_looks === null
    ? 'How often the test split was looked at is not known.'
    : `Look ${test_looks.dataset} at the test split of this data set, ${test_looks.run} by this run.`
}

function dataSection({ lineage: { manifest } }: ModelVersion): CardSection {
  const { dataset, preprocessing, preprocessing_fingerprint } = manifest
  const { mean, std } = preprocessing.normalization
  const features = Object.entries(manifest.reference_features)
  return section('Data', {
    facts: [
      ['Data set', dataset.name],
      ['Digest', dataset.digest],
      ['Normalization', `mean ${mean.join(', ')}; standard deviation ${std.join(', ')}`],
      ['Preprocessing', preprocessing_fingerprint],
    ],
    table: {
      columns: ['Of the validation images', 'Mean', 'Deviation', 'Lowest', 'Highest'],
      rows: features.map(([name, { mean: middle, std: deviation, min, max }]) => [
        name,
        ...[middle, deviation, min, max].map((value) => value.toFixed(4)),
      ]),
    },
  })
}

function trainingSection({ lineage: { manifest, run } }: ModelVersion): CardSection {
  const base = [
    ['Run', manifest.run_id],
    ['Seed', String(manifest.seed)],
    ['Configuration', `digest ${manifest.config_digest}`],
  ] as const
  if (run === null) {
    return section('Training', {
      paragraphs: ['The folder of the run was not at hand when the model was registered.'],
      facts: base,
    })
  }
  const { git, environment, seconds } = run
  const libraries = Object.entries(environment.libraries).map((pair) => pair.join(' '))
  const dirty = git?.dirty ? ', with changes that were not committed' : ''
  return section('Training', {
    facts: [
      ...base,
      ['Code', git === null ? 'not in a git repository' : `commit ${git.commit}${dirty}`],
      ['Started', `${minute(run.created)} UTC, took ${Math.round(seconds)} s`],
      ['Machine', `${environment.platform}, ${environment.cores} × ${environment.cpu}`],
      ['Libraries', [`node ${environment.node}`, ...libraries].join(', ')],
    ],
    code: ['atelier', ...run.command].join(' '),
  })
}

function fileSection({ sha256, bytes, lineage }: ModelVersion): CardSection {
  return section('File', {
    facts: [
      ['SHA-256', sha256],
      ['Size', `${bytes.toLocaleString('en-US')} bytes`],
      ['Weights', `digest ${lineage.manifest.weight_digest}`],
      ['Made by', lineage.manifest.producer],
    ],
  })
}

const percent = (share: number) => `${(100 * share).toFixed(2)}%`

const minute = (iso: string) => iso.slice(0, 16).replace('T', ' ')

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { evaluationReportSchema } from '../contracts/index.ts'
import { createRandom } from '../core/index.ts'
import { buildReport } from './build-report.ts'
import { confidencesOf, probabilitiesAt } from './calibration.ts'
import { cautiousTemperature } from './cautious-temperature.ts'
import { fitTemperature } from './fit-temperature.ts'
import { type Predictions, predictedClasses } from './predictions.ts'

interface Case {
  readonly seed: number
  readonly images: number
  readonly classes: number
  readonly labels: readonly number[]
  readonly never: readonly number[]
  readonly skill: number
  readonly levels: number
  readonly step: number
  readonly accuracy: readonly number[]
  readonly loss: number
  readonly per_class: readonly (readonly number[])[]
  readonly macro: readonly number[]
  readonly weighted: readonly number[]
  readonly confusion: readonly (readonly number[])[]
  readonly ece: number
  readonly brier: number
  readonly temperature: number
  readonly ece_calibrated: number
}

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/metrics.json', import.meta.url), 'utf8'),
) as { cases: readonly Case[] }

/** The generator of Park and Miller, as in test/golden/metrics.py. */
function integers(seed: number, count: number): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647
    return state
  })
}

function draw(spec: Case): Predictions {
  const { images, classes } = spec
  const drawn = integers(spec.seed, images).map((value) => spec.labels[value % spec.labels.length]!)
  const labels = Int32Array.from(drawn)
  const noise = integers(spec.seed + 1, images * classes)
  const logits = Float32Array.from(noise, (value, at) => {
    const [row, column] = [Math.floor(at / classes), at % classes]
    const bonus = labels[row] === column ? spec.skill : 0
    return (value % spec.levels) * spec.step + bonus - (spec.never.includes(column) ? 64 : 0)
  })
  const names = Array.from({ length: classes }, (_, k) => `class ${k}`)
  return { labels, logits, probabilities: sharesOfPowers(logits, classes), classes: names }
}

/** Powers of two over their sum: the same float32 as in Python, with ties. */
function sharesOfPowers(logits: Float32Array, classes: number): Float32Array {
  const weights = Array.from(logits, (value) => 2 ** Math.floor(value))
  return Float32Array.from(weights, (weight, at) => {
    const start = at - (at % classes)
    return weight / weights.slice(start, start + classes).reduce((a, b) => a + b, 0)
  })
}

const reportOf = (predictions: Predictions, temperature = 1, calibrated = false) =>
  buildReport({
    predictions,
    model: {
      source: 'model.onnx',
      sha256: 'aa',
      run_id: 'run',
      architecture: 'cnn',
      parameters: 1,
      seed: 42,
      weight_digest: 'bb',
    },
    dataset: { name: 'drawn', digest: 'cc', split: 'val' },
    testLooks: null,
    temperature,
    calibrated,
    clock: { now: () => 0, monotonic: () => 0 },
  })

const title = ({ images, classes, skill, labels, never }: Case, at: number) =>
  `${at}: ${images} images of ${labels.length}/${classes} classes, skill ${skill}, never ${never}`

describe('buildReport', () => {
  const exact = { absolute: 1e-12 }

  it.each(golden.cases.map((each, at) => [title(each, at), each] as const))(
    'equals scikit-learn and SciPy, case %s',
    (_, wanted) => {
      const report = reportOf(draw(wanted), wanted.temperature)
      const columns = (['precision', 'recall', 'f1', 'support'] as const).map((key) =>
        report.per_class.map((scores) => scores[key]),
      )
      const means = [report.macro_average, report.weighted_average].map((average) => [
        average.precision,
        average.recall,
        average.f1,
      ])
      expect(report.confusion_matrix).toEqual(wanted.confusion)
      expect(Object.values(report.accuracy)).toBeAllClose(wanted.accuracy, exact)
      for (const [at, column] of columns.entries()) {
        expect(column).toBeAllClose(wanted.per_class[at]!, exact)
      }
      expect(means[0]).toBeAllClose(wanted.macro, exact)
      expect(means[1]).toBeAllClose(wanted.weighted, exact)
      const { ece, brier, ece_calibrated } = report.calibration
      expect([report.loss, ece, brier]).toBeAllClose([wanted.loss, wanted.ece, wanted.brier], exact)
      expect([ece_calibrated]).toBeAllClose([wanted.ece_calibrated], exact)
    },
  )

  it('gives what the contract describes', () => {
    const report = reportOf(draw(golden.cases.at(-1)!))
    expect(evaluationReportSchema.parse(report)).toEqual(report)
    expect(report.created).toBe('1970-01-01T00:00:00.000Z')
    expect(report.dataset.size).toBe(40_000)
  })

  it('judges a calibrated model as it answers, and its plain softmax from the logits', () => {
    const drawn = draw(golden.cases.at(-1)!)
    const [classes, temperature] = [drawn.classes.length, 1.7]
    const softmaxAt = (t: number) => ({
      ...drawn,
      probabilities: probabilitiesAt(t, drawn.logits, classes),
    })
    const raw = reportOf(softmaxAt(1), temperature, false)
    const served = reportOf(softmaxAt(temperature), temperature, true)
    expect(served.calibration).toEqual({ ...raw.calibration, served: 'calibrated' })
    expect(raw.calibration.served).toBe('raw')
    expect(served.loss).toBe(raw.loss)
    expect(served.calibration.ece).not.toBeCloseTo(served.calibration.ece_calibrated, 3)
    const { labels, probabilities } = softmaxAt(temperature)
    const likelihoods = labels.reduce(
      (sum, label, row) => sum - Math.log(probabilities[row * classes + label]!),
      0,
    )
    expect(served.calibration.nll_calibrated).toBeCloseTo(likelihoods / drawn.labels.length, 4)
  })

  it('lists the most frequent confusions by name, with their share of the true class', () => {
    const probabilities = Float32Array.from([0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1])
    const report = reportOf({
      labels: Int32Array.from([0, 0, 0, 1]),
      logits: probabilities,
      probabilities,
      classes: ['shirt', 'coat', 'bag'],
    })
    expect(report.top_confusions).toEqual([
      { actual: 'shirt', predicted: 'coat', count: 2, share: 2 / 3 },
      { actual: 'coat', predicted: 'bag', count: 1, share: 1 },
    ])
  })

  it('survives logits that would overflow exp()', () => {
    const report = reportOf({
      labels: Int32Array.from([0, 1]),
      logits: Float32Array.from([3e38, -3e38, 1e30, 1e30]),
      probabilities: Float32Array.from([1, 0, 0.5, 0.5]),
      classes: ['a', 'b'],
    })
    expect(report.loss).toBeCloseTo(Math.log(2) / 2, 12)
  })
})

describe('buildReport refuses', () => {
  const good = draw(golden.cases.find(({ images, classes }) => images === 7 && classes === 3)!)
  const changed = (values: Float32Array, at: number, value: number) => {
    const copy = values.slice()
    copy[at] = value
    return copy
  }
  const bad: readonly (readonly [string, Predictions, RegExp])[] = [
    ['NaN logits', { ...good, logits: changed(good.logits, 4, NaN) }, /logits of image 1, class 1/],
    [
      'NaN probabilities',
      { ...good, probabilities: changed(good.probabilities, 0, NaN) },
      /probabilities of image 0.*NaN/,
    ],
    [
      'infinite logits',
      { ...good, logits: changed(good.logits, 0, Infinity) },
      /Infinity, wanted finite/,
    ],
    [
      'probabilities that do not add up to one',
      { ...good, probabilities: good.logits.map(() => 0.5) },
      /add up to 1.5/,
    ],
    ['unknown labels', { ...good, labels: good.labels.map(() => 3) }, /is 3, wanted 0 to 2/],
    ['missing rows', { ...good, logits: good.logits.slice(3) }, /got 18 logits, wanted 7 images/],
    ['an empty set', { ...good, labels: new Int32Array(0) }, /no images/],
  ]

  it.each(bad)('%s, and says where', (_, predictions, message) => {
    expect(() => reportOf(predictions)).toThrow(
      expect.objectContaining({
        code: 'EVALUATION_INPUT',
        message: expect.stringMatching(message),
      }),
    )
  })
})

describe('fitTemperature', () => {
  it.each(golden.cases.map((each, at) => [title(each, at), each] as const))(
    'finds the root that SciPy finds, case %s',
    (_, wanted) => {
      const { logits, labels } = draw(wanted)
      const found = fitTemperature(logits, labels, wanted.classes)
      expect([found]).toBeAllClose([wanted.temperature], { relative: 1e-9, absolute: 0 })
    },
  )

  it('stays finite when every prediction is right, or every one wrong', () => {
    const logits = Float32Array.from([5, -5, -5, 5])
    expect(fitTemperature(logits, Int32Array.from([0, 1]), 2)).toBe(0.05)
    expect(fitTemperature(logits, Int32Array.from([1, 0]), 2)).toBe(20)
  })

  it('refuses NaN', () => {
    expect(() => fitTemperature(Float32Array.of(NaN, 1), Int32Array.of(0), 2)).toThrow(/NaN/)
  })
})

describe('cautiousTemperature', () => {
  const meanConfidence = (logits: Float32Array, classes: number, temperature: number) => {
    const probabilities = probabilitiesAt(temperature, logits, classes)
    const confidences = confidencesOf(probabilities, predictedClasses(logits, classes), classes)
    return confidences.reduce((sum, value) => sum + value, 0) / confidences.length
  }
  const CLASSES = 5

  /** A model that is exactly as sure as it is right, on average over all images there could be. */
  function honest(images: number) {
    const random = createRandom(2, 'sketch')
    const logits = Float32Array.from({ length: images * CLASSES }, () => 2.5 * random.normal())
    const probabilities = probabilitiesAt(1, logits, CLASSES)
    const labels = Int32Array.from({ length: images }, (_, row) => {
      let [left, k] = [random.uniform(), 0]
      while (k < CLASSES - 1 && left >= probabilities[row * CLASSES + k]!) {
        left -= probabilities[row * CLASSES + k++]!
      }
      return k
    })
    return { logits, labels }
  }

  it('claims the lower end of the accuracy interval, and is never colder than the likeliest', () => {
    const count = 400
    const { logits, labels } = honest(count)
    const found = cautiousTemperature(logits, labels, CLASSES)
    const predicted = predictedClasses(logits, CLASSES)
    const share = predicted.filter((k, row) => k === labels[row]).length / count
    // Wilson's lower bound with z = 1.6449, written out
    const z = 1.6448536269514722
    const spread = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
    const low = (share + z ** 2 / (2 * count) - spread) / (1 + z ** 2 / count)
    const likeliest = fitTemperature(logits, labels, CLASSES)
    expect(meanConfidence(logits, CLASSES, likeliest)).toBeGreaterThan(low)
    expect(found).toBeGreaterThan(likeliest)
    expect(meanConfidence(logits, CLASSES, found)).toBeCloseTo(low, 6)
  })

  it('takes a smaller step for more images', () => {
    const step = (count: number) => {
      const { logits, labels } = honest(count)
      return cautiousTemperature(logits, labels, CLASSES) / fitTemperature(logits, labels, CLASSES)
    }
    expect(step(8000)).toBeLessThan(step(400))
    expect(step(8000)).toBeGreaterThan(1)
  })

  it('does not believe that a model without mistakes is never wrong', () => {
    const sure = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 5 : -5))
    const found = cautiousTemperature(sure, new Int32Array(100), 2)
    expect(meanConfidence(sure, 2, found)).toBeCloseTo(100 / (100 + 1.6448536269514722 ** 2), 6)
  })
})

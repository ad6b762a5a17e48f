/** Registered models without training: any bytes, with a manifest. */
import type {
  BundleManifest,
  GateConfig,
  GateVerdict,
  ModelLineage,
  ModelVersion,
} from '../../src/contracts/index.ts'
import { createPreprocessing, preprocessingFingerprint } from '../../src/image/index.ts'
import { judgeCandidate, type NewModelVersion } from '../../src/registry/index.ts'

export function exampleManifest(change: Partial<BundleManifest> = {}): BundleManifest {
  const geometry = { height: 28, width: 28, channels: 1 } as const
  const preprocessing = createPreprocessing(geometry, { mean: [0.5], std: [0.25] })
  const summary = { mean: 0, std: 1, min: -1, max: 1 }
  return {
    format: 'atelier-model',
    version: 1,
    created: '2026-11-23T05:31:12.000Z',
    producer: 'atelier test',
    run_id: '20261123-0531-cnn-quiet-otter',
    architecture: 'cnn',
    parameters: 421_642,
    classes: ['shirt', 'shoe', 'bag'],
    preprocessing,
    preprocessing_fingerprint: preprocessingFingerprint(preprocessing),
    dataset: { name: 'fashion-mnist', digest: 'd'.repeat(64) },
    config_digest: 'c'.repeat(64),
    seed: 42,
    weight_digest: 'e'.repeat(64),
    metrics: { epoch: 4, val_loss: 0.25, val_accuracy: 0.91 },
    temperature: 1.25,
    calibrated: true,
    reference_features: { avg_brightness: summary, contrast: summary },
    ...change,
  }
}

export function exampleLineage(change: Partial<ModelLineage> = {}): ModelLineage {
  return { manifest: exampleManifest(), run: null, config: null, evaluations: [], ...change }
}

/** A version to register whose bytes are a text. */
export function exampleVersion(
  text: string,
  change: Partial<NewModelVersion> = {},
): NewModelVersion {
  const bytes = new TextEncoder().encode(text)
  return { name: 'classifier', bytes, lineage: exampleLineage(), actor: 'Ada', ...change }
}

const EASY_RULES: GateConfig = {
  ...{ alpha: 0.05, min_accuracy: 0.5, max_accuracy_drop: 0.5, min_class_recall: 0 },
  ...{ max_class_recall_drop: 1, max_ece: 1, max_latency_ratio: 10, max_size_ratio: 10 },
  ...{ bootstrap_samples: 100, seed: 1 },
}

/** What the gate says of a version that is right in so many of 20 images, against one right in 15. */
export function exampleVerdict(
  candidate: Pick<ModelVersion, 'version' | 'sha256' | 'bytes'>,
  current: Pick<ModelVersion, 'version' | 'sha256' | 'bytes'> | null,
  { alias = 'production', right = 16 } = {},
): GateVerdict {
  const labels = Int32Array.from({ length: 20 }, (_, i) => i % 2)
  const subject = (model: typeof candidate, hits: number) => ({
    ...{ version: model.version, sha256: model.sha256, bytes: model.bytes },
    ...{ ece: 0.1, latencies: [1, 2, 3] },
    predicted: labels.map((label, i) => (i < hits ? label : 1 - label)),
  })
  return judgeCandidate({
    ...{ model: 'classifier', alias, labels, classes: ['shirt', 'shoe'] },
    dataset: { name: 'fashion-mnist', digest: 'd'.repeat(64) },
    candidate: subject(candidate, right),
    trainedOn: 'd'.repeat(64),
    current: current && subject(current, 15),
    rules: EASY_RULES,
    time: '2026-11-23T05:00:00.000Z',
  })
}

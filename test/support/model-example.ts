/** Registered models without training: any bytes, with a manifest. */
import type { BundleManifest, ModelLineage } from '../../src/contracts/index.ts'
import { createPreprocessing, preprocessingFingerprint } from '../../src/image/index.ts'
import type { NewModelVersion } from '../../src/registry/index.ts'

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

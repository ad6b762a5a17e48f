import { join } from 'node:path'

/** Where things lie in a run folder. */
export interface RunFiles {
  readonly record: string
  readonly config: string
  readonly overrides: string
  /** What set each value of the configuration. */
  readonly provenance: string
  readonly metrics: string
  /** All state of training, to continue from. */
  readonly lastCheckpoint: string
  /** Weights and statistics of the best epoch so far. */
  readonly bestCheckpoint: string
  readonly model: string
  readonly weights: string
  /** What the model made of held-out images, to hold live predictions against. */
  readonly reference: string
  /** The same to read. */
  readonly referenceCsv: string
  readonly profile: string
  /** The uncommitted changes that the run was started with. */
  readonly diff: string
  /** The run's files with their digests. */
  readonly artifacts: string
  /** When it was put into the trash; only there. */
  readonly trashed: string
}

export function runFiles(folder: string): RunFiles {
  const inside = (...parts: readonly string[]) => join(folder, ...parts)
  return {
    record: inside('run.json'),
    config: inside('config.yaml'),
    overrides: inside('overrides.yaml'),
    provenance: inside('provenance.json'),
    metrics: inside('metrics.jsonl'),
    lastCheckpoint: inside('checkpoints', 'last.safetensors'),
    bestCheckpoint: inside('checkpoints', 'best.safetensors'),
    model: inside('model.onnx'),
    weights: inside('weights.safetensors'),
    reference: inside('reference.safetensors'),
    referenceCsv: inside('reference_features.csv'),
    profile: inside('profile'),
    diff: inside('git.diff'),
    artifacts: inside('artifacts.json'),
    trashed: inside('trashed.json'),
  }
}

/** The `index`-th of many runs, with as many values as a training has. */
export function exampleEntry(index, id = `run-${String(index).padStart(6, '0')}`) {
  // a generator of its own for each, so that any run can be made alone
  let state = (index * 2654435761 + 1) % 2147483647 || 1
  const random = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  random()
  const created = new Date(1.7e12 + index * 61_000).toISOString()
  const type = ['cnn', 'mlp', 'resnet'][index % 3]
  const seed = index % 10
  return {
    record: {
      format: 'atelier-run',
      version: 2,
      id,
      project: `project-${index % 5}`,
      status: index % 50 === 0 ? 'failed' : 'completed',
      created,
      updated: created,
      seconds: random() * 100,
      architecture: type,
      parameters: 421642,
      seed,
      dataset: { name: 'fashion-mnist', digest: 'd'.repeat(64) },
      config_digest: 'c'.repeat(64),
      epochs: 5,
      step: 4690,
      best: { epoch: 4, val_loss: random(), val_accuracy: random() },
      weight_digest: 'f'.repeat(64),
      test_looks: 0,
      failure: null,
      summary: {
        'train.loss': random(),
        'train.accuracy': random(),
        'val.loss': random(),
        'val.accuracy': random(),
        images_per_second: 3000 * random(),
      },
      tags: index % 100 === 0 ? ['best'] : [],
      notes: '',
      command: ['atelier', 'train', `model.type=${type}`, `seed=${index}`],
      git: { commit: '0123456789'.repeat(4), branch: 'main', remote: null, dirty: false },
      environment: {
        node: '20.20.2',
        platform: 'linux-x64',
        host: 'bench',
        cpu: 'a processor',
        cores: 2,
        memory_bytes: 8e9,
        libraries: { atelier: '0.1.0', 'onnxruntime-node': '1.30.0', sharp: '0.35.5' },
      },
      sweep: null,
    },
    config: {
      seed,
      model: { type, dropout: random(), hidden: 128, mirror: false },
      hyperparameters: {
        learning_rate: 10 ** (-4 + 2 * random()),
        batch_size: 32 << (index % 3),
        epochs: 5,
      },
      optimizer: { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0 },
      schedule: { name: 'cosine', warmup: 0 },
      augmentation: { flip: index % 2 === 0, shift: 2 },
      data: { name: 'fashion', raw: 'data/raw', processed: 'data/processed', validation: 5000 },
      runtime: { threads: 2 },
    },
    overrides: [`model.type=${type}`, `seed=${index}`],
    provenance: [],
    artifacts: [],
    folder: `/work/runs/${id}`,
    trashed: null,
  }
}

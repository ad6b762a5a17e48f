/** Where following the documents differs from reading them: each with the reason. A test finds those no longer used. */

/** Commands that are not run. */
export const NOT_RUN: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /^npm (?:test|run (?:check|conformance|bench))/,
    reason: 'These are the checks themselves.',
  },
  {
    pattern: /^docker /,
    reason: 'Wants a container engine; test/containers.test.ts builds and runs the images.',
  },
  { pattern: /^cp \.env\.example /, reason: 'Belongs to a checkout, before docker compose.' },
  {
    pattern: /^(?:terraform|gcloud|kubectl) |\| gcloud |^cd deploy\/terraform/,
    reason: 'Wants an account at a cloud; test/deploy-files.test.ts looks at the files.',
  },
  {
    pattern: /^atelier deploy cloudrun api monitor train/,
    reason: 'Calls gcloud; test/deploy-command.test.ts runs it with a gcloud of its own.',
  },
  {
    pattern: /tracking=mlflow/,
    reason: 'Wants a server of MLflow; test/trackers-live.test.ts has one.',
  },
  {
    pattern: /tracking\.wandb\.mode=online/,
    reason: 'Wants an account at W&B; test/trackers-wandb.test.ts has a server of its own.',
  },
  {
    pattern: /^LOG_URI=gs:/,
    reason: 'Wants a bucket; tests of the prediction log have stores of objects.',
  },
  {
    pattern: /^atelier runs import (?:downloads|mlflow:)/,
    reason: 'Wants files or a server of others; test/trackers-import.test.ts has them.',
  },
  { pattern: /^pg_dump /, reason: 'Wants a server of PostgreSQL with something in it.' },
]

/** Commands that would take long, or reach out, and what is run instead. */
export const SHORTER: readonly {
  readonly from: RegExp
  readonly to: string
  readonly reason: string
}[] = [
  {
    from: /(?<=loadtest (?!.*--images).*) -d \d+/,
    to: ' --images garments -d 1',
    reason: 'A second shows that it works, and pictures of the data set are no drift.',
  },
  {
    from: /p99=50ms/,
    to: 'p99=10s',
    reason: 'Other tests share the machine, so that answers wait for their turn.',
  },
  {
    from: /gs:\/\/bucket\/data/,
    to: './bucket',
    reason: 'There is no such bucket: a folder is one, too.',
  },
]

/** Commands whose exit code is not 0. */
export const DIFFERENT_ENDS: readonly {
  /** Document and command. */
  readonly command: string
  readonly code: number
  readonly reason: string
}[] = [
  {
    command: 'README.md atelier resume latest',
    code: 4,
    reason: 'Nothing was stopped here, and it says so; test/kill.test.ts stops trainings.',
  },
  {
    command: 'docs/tutorial.md atelier monitor check --last 60',
    code: 1,
    reason: 'The page says so: pictures of the evening are a drift.',
  },
]

/** The pages in the order they are read. A page is its name in docs/ without `.md`, and what the menu calls it. */
export const navigation = [
  {
    title: 'Start',
    pages: [
      ['README', 'Overview'],
      ['quickstart', 'Quickstart'],
      ['tutorial', 'Tutorial'],
      ['concepts', 'Concepts'],
      ['migration', 'From Python'],
      ['faq', 'Questions'],
    ],
  },
  {
    title: 'Train',
    pages: [
      ['runs', 'Runs'],
      ['tracking', 'What a run holds'],
      ['runs-database', 'Database of runs'],
      ['sweeps', 'Sweeps'],
      ['sweep-files', 'Sweep files'],
      ['reproducibility', 'Reproducibility'],
      ['robustness', 'Robustness'],
      ['trackers', 'W&B, MLflow, TensorBoard'],
    ],
  },
  {
    title: 'Data',
    pages: [
      ['data-versions', 'Versions of data'],
      ['pipelines', 'Pipelines'],
      ['storage', 'Stores'],
      ['preprocessing', 'Preprocessing'],
    ],
  },
  {
    title: 'Run it',
    pages: [
      ['registry', 'Registry of models'],
      ['serving', 'Serving'],
      ['monitoring', 'Monitoring'],
      ['drift', 'Drift'],
      ['deploy', 'Deployment'],
      ['operations', 'Operations'],
      ['security', 'Security'],
      ['project-report', 'Written reports'],
    ],
  },
  {
    title: 'Look up',
    pages: [
      ['cli', 'Commands'],
      ['config', 'Configuration'],
      ['http', 'HTTP routes'],
      ['errors', 'Errors'],
    ],
  },
  {
    title: 'Inside',
    pages: [
      ['architecture', 'Architecture'],
      ['engine', 'The engine'],
      ['../CHANGELOG', 'Changes'],
    ],
  },
]

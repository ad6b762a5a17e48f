import type { CommandEntry } from './command.ts'

/** Every command, in the order of the help. Names and summaries stand here so that help is quick. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'Begin a project: settings, pipeline, workflows, containers, tests.',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'doctor',
    summary: 'Look whether machine and project are fit, and say how to mend what is not.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'data prepare',
    summary: 'Read, split and store the images of a data set.',
    load: async () => (await import('./commands/data-prepare.ts')).dataPrepareCommand,
  },
  {
    name: 'data stats',
    summary: 'Count, average and draw the prepared data.',
    load: async () => (await import('./commands/data-stats.ts')).dataStatsCommand,
  },
  {
    name: 'data check',
    summary: 'Look for damage, blank images, copies and leaks between the splits.',
    load: async () => (await import('./commands/data-check.ts')).dataCheckCommand,
  },
  {
    name: 'data init',
    summary: 'Begin to version data, as DVC does.',
    load: async () => (await import('./commands/data-init.ts')).dataInitCommand,
  },
  {
    name: 'data add',
    summary: 'Track files and folders: keep them, and write .dvc files for git.',
    load: async () => (await import('./commands/data-add.ts')).dataAddCommand,
  },
  {
    name: 'data status',
    summary: 'Compare tracked data with its .dvc files.',
    load: async () => (await import('./commands/data-status.ts')).dataStatusCommand,
  },
  {
    name: 'data push',
    summary: 'Copy tracked data to the remote.',
    load: async () => (await import('./commands/data-push.ts')).dataPushCommand,
  },
  {
    name: 'data pull',
    summary: 'Fetch tracked data and put it into the workspace.',
    load: async () => (await import('./commands/data-pull.ts')).dataPullCommand,
  },
  {
    name: 'data fetch',
    summary: 'Copy tracked data from the remote to the cache.',
    load: async () => (await import('./commands/data-fetch.ts')).dataFetchCommand,
  },
  {
    name: 'data checkout',
    summary: 'Make tracked data what its .dvc files say.',
    load: async () => (await import('./commands/data-checkout.ts')).dataCheckoutCommand,
  },
  {
    name: 'data commit',
    summary: 'Keep what tracked data is now, and update its .dvc files.',
    load: async () => (await import('./commands/data-commit.ts')).dataCommitCommand,
  },
  {
    name: 'data diff',
    summary: 'Show how tracked data differs between commits.',
    load: async () => (await import('./commands/data-diff.ts')).dataDiffCommand,
  },
  {
    name: 'data remove',
    summary: 'Stop tracking data.',
    load: async () => (await import('./commands/data-remove.ts')).dataRemoveCommand,
  },
  {
    name: 'data gc',
    summary: 'Delete kept data that nothing names any more.',
    load: async () => (await import('./commands/data-gc.ts')).dataGcCommand,
  },
  {
    name: 'data remote',
    summary: 'List, add and change remotes.',
    load: async () => (await import('./commands/data-remote.ts')).dataRemoteCommand,
  },
  {
    name: 'data config',
    summary: "Show and change DVC's settings.",
    load: async () => (await import('./commands/data-config.ts')).dataConfigCommand,
  },
  {
    name: 'data doctor',
    summary: 'Find and repair damage in the cache and the repository.',
    load: async () => (await import('./commands/data-doctor.ts')).dataDoctorCommand,
  },
  {
    name: 'train',
    summary: 'Train a model and export it.',
    load: async () => (await import('./commands/train.ts')).trainCommand,
  },
  {
    name: 'resume',
    summary: 'Continue a run that was stopped, exactly.',
    load: async () => (await import('./commands/resume.ts')).resumeCommand,
  },
  {
    name: 'evaluate',
    summary: 'Judge a model on the test split and write a report.',
    load: async () => (await import('./commands/evaluate.ts')).evaluateCommand,
  },
  {
    name: 'robustness',
    summary: 'Judge a model on corrupted images and write a report.',
    load: async () => (await import('./commands/robustness.ts')).robustnessCommand,
  },
  {
    name: 'predict',
    summary: 'Name the class of images.',
    load: async () => (await import('./commands/predict.ts')).predictCommand,
  },
  {
    name: 'serve',
    summary: 'Answer predictions over HTTP.',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  {
    name: 'repro',
    summary: 'Run the stages of dvc.yaml whose inputs changed.',
    load: async () => (await import('./commands/repro.ts')).reproCommand,
  },
  {
    name: 'dag',
    summary: 'Show which stage of dvc.yaml needs which.',
    load: async () => (await import('./commands/dag.ts')).dagCommand,
  },
  {
    name: 'stage add',
    summary: 'Write a stage to dvc.yaml.',
    load: async () => (await import('./commands/stage-add.ts')).stageAddCommand,
  },
  {
    name: 'stage list',
    summary: 'List the stages of dvc.yaml.',
    load: async () => (await import('./commands/stage-list.ts')).stageListCommand,
  },
  {
    name: 'freeze',
    summary: 'Keep a stage as it is: its inputs count as unchanged.',
    load: async () => (await import('./commands/freeze.ts')).freezeCommand,
  },
  {
    name: 'unfreeze',
    summary: 'Let a frozen stage run again.',
    load: async () => (await import('./commands/unfreeze.ts')).unfreezeCommand,
  },
  {
    name: 'runs ls',
    summary: 'List runs: filtered, sorted, with chosen columns.',
    load: async () => (await import('./commands/runs-ls.ts')).runsLsCommand,
  },
  {
    name: 'runs show',
    summary: 'Show all of one run: origin, settings, metrics, files.',
    load: async () => (await import('./commands/runs-show.ts')).runsShowCommand,
  },
  {
    name: 'runs compare',
    summary: 'Compare runs: what differs, how they did, their curves.',
    load: async () => (await import('./commands/runs-compare.ts')).runsCompareCommand,
  },
  {
    name: 'runs tag',
    summary: 'Add tags to a run, or take them away.',
    load: async () => (await import('./commands/runs-tag.ts')).runsTagCommand,
  },
  {
    name: 'runs note',
    summary: 'Write a note to a run.',
    load: async () => (await import('./commands/runs-note.ts')).runsNoteCommand,
  },
  {
    name: 'runs rm',
    summary: 'Put runs into the trash.',
    load: async () => (await import('./commands/runs-rm.ts')).runsRmCommand,
  },
  {
    name: 'runs restore',
    summary: 'Bring runs back from the trash.',
    load: async () => (await import('./commands/runs-restore.ts')).runsRestoreCommand,
  },
  {
    name: 'runs gc',
    summary: 'Delete old trash and what killed processes left.',
    load: async () => (await import('./commands/runs-gc.ts')).runsGcCommand,
  },
  {
    name: 'runs export',
    summary: 'Write runs whole, to a file or a folder.',
    load: async () => (await import('./commands/runs-export.ts')).runsExportCommand,
  },
  {
    name: 'runs import',
    summary: 'Take in exported runs.',
    load: async () => (await import('./commands/runs-import.ts')).runsImportCommand,
  },
  {
    name: 'runs reindex',
    summary: 'Fill the database of runs from their folders.',
    load: async () => (await import('./commands/runs-reindex.ts')).runsReindexCommand,
  },
  {
    name: 'runs reproduce',
    summary: 'Train a run again and compare the weights.',
    load: async () => (await import('./commands/runs-reproduce.ts')).runsReproduceCommand,
  },
  {
    name: 'sync',
    summary: 'Send runs to W&B, MLflow or TensorBoard: what they missed, or all of it.',
    load: async () => (await import('./commands/sync.ts')).syncCommand,
  },
  {
    name: 'monitor report',
    summary: 'Judge logged predictions against the reference and write a report.',
    load: async () => (await import('./commands/monitor-report.ts')).monitorReportCommand,
  },
  {
    name: 'monitor check',
    summary: 'The same for a script: exit code 1 if they drifted, 5 if it cannot be told.',
    load: async () => (await import('./commands/monitor-check.ts')).monitorCheckCommand,
  },
  {
    name: 'monitor labels',
    summary: 'Add true classes to logged predictions.',
    load: async () => (await import('./commands/monitor-labels.ts')).monitorLabelsCommand,
  },
  {
    name: 'monitor export',
    summary: 'Write logged predictions to a CSV file.',
    load: async () => (await import('./commands/monitor-export.ts')).monitorExportCommand,
  },
  {
    name: 'monitor reference',
    summary: 'Write what a model makes of chosen images, to hold logs against.',
    load: async () => (await import('./commands/monitor-reference.ts')).monitorReferenceCommand,
  },
  {
    name: 'monitor alerts',
    summary: 'Show where the alert rules stand, and what was told.',
    load: async () => (await import('./commands/monitor-alerts.ts')).monitorAlertsCommand,
  },
  {
    name: 'monitor ack',
    summary: 'Say that an alert was seen.',
    load: async () => (await import('./commands/monitor-ack.ts')).monitorAckCommand,
  },
  {
    name: 'monitor serve',
    summary: 'Check what is logged, send alerts, answer reports over HTTP.',
    load: async () => (await import('./commands/monitor-serve.ts')).monitorServeCommand,
  },
  {
    name: 'ui',
    summary: 'Show the runs in a browser, live.',
    load: async () => (await import('./commands/ui.ts')).uiCommand,
  },
  {
    name: 'loadtest',
    summary: 'Ask a running service as users would, or at a constant rate, and report.',
    load: async () => (await import('./commands/loadtest.ts')).loadtestCommand,
  },
  {
    name: 'sweep run',
    summary: 'Train with many choices of parameters, chosen as a sweep file says.',
    load: async () => (await import('./commands/sweep-run.ts')).sweepRunCommand,
  },
  {
    name: 'sweep resume',
    summary: 'Continue a sweep that was stopped or killed.',
    load: async () => (await import('./commands/sweep-resume.ts')).sweepResumeCommand,
  },
  {
    name: 'sweep show',
    summary: 'Show the trials of a sweep, best first, and write its report.',
    load: async () => (await import('./commands/sweep-show.ts')).sweepShowCommand,
  },
  {
    name: 'sweep ls',
    summary: 'List the sweeps, newest first.',
    load: async () => (await import('./commands/sweep-ls.ts')).sweepLsCommand,
  },
  {
    name: 'models ls',
    summary: 'List registered models, their versions and aliases.',
    load: async () => (await import('./commands/models-ls.ts')).modelsLsCommand,
  },
  {
    name: 'models show',
    summary: 'Show all of one version: file, results, origin.',
    load: async () => (await import('./commands/models-show.ts')).modelsShowCommand,
  },
  {
    name: 'models register',
    summary: 'Register the model of a run, or a file, as the next version.',
    load: async () => (await import('./commands/models-register.ts')).modelsRegisterCommand,
  },
  {
    name: 'models alias',
    summary: 'Point an alias to a version, or take it away.',
    load: async () => (await import('./commands/models-alias.ts')).modelsAliasCommand,
  },
  {
    name: 'models promote',
    summary: 'Judge a version on the validation images and make it production.',
    load: async () => (await import('./commands/models-promote.ts')).modelsPromoteCommand,
  },
  {
    name: 'models rollback',
    summary: 'Point an alias to where it pointed before.',
    load: async () => (await import('./commands/models-rollback.ts')).modelsRollbackCommand,
  },
  {
    name: 'models history',
    summary: 'Who did what to the models, and when.',
    load: async () => (await import('./commands/models-history.ts')).modelsHistoryCommand,
  },
  {
    name: 'models at',
    summary: 'Show where the aliases pointed at a date.',
    load: async () => (await import('./commands/models-at.ts')).modelsAtCommand,
  },
  {
    name: 'models verify',
    summary: 'Compare history, versions and files with their digests.',
    load: async () => (await import('./commands/models-verify.ts')).modelsVerifyCommand,
  },
  {
    name: 'models tag',
    summary: 'Add tags to a version, take them away, or describe it.',
    load: async () => (await import('./commands/models-tag.ts')).modelsTagCommand,
  },
  {
    name: 'models diff',
    summary: 'Show in what two versions differ.',
    load: async () => (await import('./commands/models-diff.ts')).modelsDiffCommand,
  },
  {
    name: 'models export',
    summary: 'Write the file of a version with its model card.',
    load: async () => (await import('./commands/models-export.ts')).modelsExportCommand,
  },
  {
    name: 'models deliver',
    summary: 'Send events of the registry that did not reach their receivers.',
    load: async () => (await import('./commands/models-deliver.ts')).modelsDeliverCommand,
  },
  {
    name: 'deploy cloudrun',
    summary: 'Bring the services to Cloud Run, or print the commands that would.',
    load: async () => (await import('./commands/deploy-cloudrun.ts')).deployCloudrunCommand,
  },
  {
    name: 'report check',
    summary: 'Hold the answers of a written report against what its questions ask for.',
    load: async () => (await import('./commands/report-check.ts')).reportCheckCommand,
  },
  {
    name: 'report html',
    summary: 'Make one page of a written report, with its images in it.',
    load: async () => (await import('./commands/report-html.ts')).reportHtmlCommand,
  },
  {
    name: 'report pr',
    summary: 'Tell in Markdown how a run did against main, for a pull request.',
    load: async () => (await import('./commands/report-pr.ts')).reportPrCommand,
  },
  {
    name: 'config',
    summary: 'Show the resolved configuration, where each value comes from, or all keys.',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
]

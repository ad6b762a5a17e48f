/**
 * Every failure a user can meet, once. A code never changes its meaning and is never reused.
 * `docs/errors.md` documents the same codes; `test/error-catalogue.test.ts` keeps the two equal.
 */
export type ErrorKind =
  | 'usage'
  | 'input'
  | 'state'
  | 'finding'
  | 'undecided'
  | 'interrupted'
  | 'internal'

interface ErrorEntry {
  readonly kind: ErrorKind
  /** One sentence: what the code means, whatever the details. */
  readonly meaning: string
}

export const errorCatalogue = {
  // the command line and the configuration
  USAGE: { kind: 'usage', meaning: 'The command line is not one Atelier understands.' },
  CONFIG_UNKNOWN_KEY: {
    kind: 'usage',
    meaning: 'An override or file sets a key that does not exist.',
  },
  CONFIG_INVALID_VALUE: {
    kind: 'usage',
    meaning: 'A configuration value has the wrong type or range.',
  },
  CONFIG_UNKNOWN_OPTION: {
    kind: 'usage',
    meaning: 'A configuration group has no option of that name.',
  },
  CONFIG_SYNTAX: { kind: 'usage', meaning: 'An override or a YAML file cannot be parsed.' },
  CONFIG_MISSING_VALUE: {
    kind: 'usage',
    meaning: 'A mandatory configuration value (`???`) is not set.',
  },
  CONFIG_INTERPOLATION: {
    kind: 'usage',
    meaning:
      'An interpolation in the configuration names something that does not exist, or itself.',
  },

  // data
  DATA_NOT_FOUND: { kind: 'input', meaning: 'The raw data is not where it was looked for.' },
  DATA_CORRUPT: {
    kind: 'input',
    meaning: 'A data file is truncated, damaged or of another format.',
  },
  DATA_CHECKSUM: {
    kind: 'input',
    meaning: 'The bytes of a data file do not have the expected SHA-256.',
  },
  DATA_DOWNLOAD: { kind: 'input', meaning: 'A data file could not be downloaded from any mirror.' },
  DATA_STALE: { kind: 'state', meaning: 'The prepared data was made with other settings.' },
  DATA_TOO_FEW: { kind: 'input', meaning: 'A folder has too few classes or images to train on.' },
  DATA_FINDINGS: { kind: 'finding', meaning: '`data check` found problems in the data.' },
  IMAGE_UNREADABLE: { kind: 'input', meaning: 'A file is not an image that can be decoded.' },
  IMAGE_TOO_LARGE: { kind: 'input', meaning: 'An image has more pixels or bytes than allowed.' },

  // tensors, graphs and models
  TENSOR_FILE: { kind: 'input', meaning: 'A safetensors file is malformed.' },
  SHAPE_MISMATCH: { kind: 'internal', meaning: 'Two shapes do not fit an operator.' },
  MODEL_NOT_FOUND: { kind: 'input', meaning: 'There is no model or run under that name.' },
  MODEL_INVALID: { kind: 'input', meaning: 'A file is not an ONNX model that may be loaded.' },
  MODEL_FOREIGN: { kind: 'input', meaning: 'An ONNX model carries no Atelier manifest.' },
  MODEL_DATA_MISMATCH: { kind: 'state', meaning: 'A model and a data set do not belong together.' },

  // registered models
  REGISTRY_NAME_INVALID: {
    kind: 'usage',
    meaning: 'A name, alias, tag or text is not one that the registry of models takes.',
  },
  MODEL_DAMAGED: {
    kind: 'input',
    meaning:
      'A registered model file is missing, or does not have the SHA-256 it was registered with.',
  },
  ALIAS_CONFLICT: { kind: 'state', meaning: 'An alias was moved by someone else in the meantime.' },
  ALIAS_PROTECTED: {
    kind: 'state',
    meaning: 'An alias is only moved by a promotion or a rollback.',
  },
  ALIAS_NO_PREVIOUS: { kind: 'state', meaning: 'An alias has no earlier version to go back to.' },
  GATE_REFUSED: { kind: 'finding', meaning: 'A model did not pass the gate before an alias.' },
  DELIVERY_FAILED: {
    kind: 'finding',
    meaning: 'Some events of the registry, or alerts, did not reach their receivers.',
  },
  REGISTRY_DAMAGED: {
    kind: 'finding',
    meaning: '`models verify` found that the registry is not what its history says.',
  },

  // evaluation
  EVALUATION_INPUT: {
    kind: 'input',
    meaning: 'Predictions and labels cannot be scored: NaN, or they do not fit each other.',
  },

  // written reports
  REPORT_NOT_FOUND: { kind: 'input', meaning: 'There is no written report of that name.' },
  REPORT_INVALID: {
    kind: 'input',
    meaning: 'A file is not a written report: no text, or without numbered questions.',
  },
  REPORT_FINDINGS: {
    kind: 'finding',
    meaning: '`report check` found answers that are not what their questions ask for.',
  },
  BASELINE_NOT_FOUND: {
    kind: 'input',
    meaning: 'There is nothing under that name that results could be compared with.',
  },
  METRICS_INVALID: {
    kind: 'input',
    meaning: 'A file of metrics is missing, not JSON, or without numbers.',
  },

  // runs
  RUN_NOT_FOUND: { kind: 'input', meaning: 'There is no run of that name.' },
  RUN_NOT_RESUMABLE: {
    kind: 'state',
    meaning: 'A run is complete, or was changed since its checkpoint.',
  },
  RUN_NOT_COMPLETE: { kind: 'state', meaning: 'A run has no weights yet.' },
  NOT_REPRODUCED: { kind: 'finding', meaning: 'Training again gave other weights.' },
  RUN_EXISTS: { kind: 'state', meaning: 'There is a run of that name already.' },
  RUN_ENDED: { kind: 'state', meaning: 'Something was logged to a run that has ended.' },
  RUN_VALUE_INVALID: {
    kind: 'usage',
    meaning: 'A program gave a run something that it does not take.',
  },
  RUN_ARCHIVE: {
    kind: 'input',
    meaning: 'A file of exported runs is damaged, or holds what it must not.',
  },
  RUN_LOCKED: { kind: 'state', meaning: 'Another process is working on this run.' },
  FILTER_INVALID: { kind: 'usage', meaning: 'A filter of runs cannot be parsed.' },
  STORE_UNAVAILABLE: {
    kind: 'state',
    meaning: 'The database of runs cannot be opened or reached.',
  },
  STORE_TOO_NEW: {
    kind: 'state',
    meaning: 'The database of runs was made by a later version of Atelier.',
  },
  JOBS_FAILED: { kind: 'finding', meaning: 'Some jobs of a multirun failed; the others are done.' },
  TRAINING_DIVERGED: { kind: 'finding', meaning: 'The loss became NaN or infinite.' },

  // other trackers
  TRACKER_SETTINGS: {
    kind: 'usage',
    meaning: 'A tracker was asked for, and its address or key is missing or malformed.',
  },
  TRACKER_UNREACHABLE: {
    kind: 'state',
    meaning: 'The server of a tracker cannot be reached, does not answer, or fails.',
  },
  TRACKER_REFUSED: {
    kind: 'state',
    meaning: 'The server of a tracker does not accept what was sent, or who sends it.',
  },
  SYNC_INCOMPLETE: {
    kind: 'finding',
    meaning: 'Some runs have not reached their trackers; they can be sent again.',
  },
  IMPORT_INVALID: {
    kind: 'input',
    meaning: "A run of another tracker cannot be read: it is damaged, or not that tracker's.",
  },

  // sweeps
  SWEEP_INVALID: {
    kind: 'usage',
    meaning: 'A sweep file has a key or value that a sweep cannot have.',
  },
  SWEEP_TEST_METRIC: {
    kind: 'usage',
    meaning: 'A sweep would choose by a metric of the test split, with `--strict`.',
  },
  SWEEP_NOT_FOUND: { kind: 'input', meaning: 'There is no sweep of that name.' },
  SWEEP_DAMAGED: {
    kind: 'input',
    meaning: 'The record of a sweep holds a line that it did not write.',
  },
  SWEEP_FAILING: { kind: 'finding', meaning: 'A sweep stopped because every trial failed.' },
  SWEEP_TRIAL_FAILED: { kind: 'finding', meaning: 'A trial of a sweep ended without a result.' },

  // load tests
  LOAD_UNREACHABLE: {
    kind: 'input',
    meaning: 'The service to be load-tested takes no connection.',
  },
  LOAD_FAILED: {
    kind: 'finding',
    meaning: 'A load test missed its thresholds, or had failures without one for them.',
  },

  // monitoring
  DRIFT_INPUT: {
    kind: 'input',
    meaning: 'Two sets of rows cannot be compared: a column is empty, missing, or of another type.',
  },
  DRIFT_OPTION: {
    kind: 'usage',
    meaning: 'A drift test is unknown, or does not fit the type of its column.',
  },

  // stores of objects
  OBJECT_NOT_FOUND: { kind: 'input', meaning: 'There is no object of that name in a store.' },
  OBJECT_EXISTS: { kind: 'state', meaning: 'There is an object of that name already.' },
  OBJECT_CHANGED: { kind: 'state', meaning: 'An object was replaced while it was read.' },
  OBJECT_TOO_LARGE: { kind: 'input', meaning: 'An object has more bytes than are allowed.' },
  STORAGE_INVALID_URL: {
    kind: 'usage',
    meaning: 'The address or the name of an object is malformed, or of a kind not supported.',
  },
  STORAGE_CREDENTIALS: {
    kind: 'state',
    meaning: 'There are no credentials for a store, or it does not accept them.',
  },
  STORAGE_DENIED: {
    kind: 'state',
    meaning: 'A store, or a rule of ours, does not allow what was asked.',
  },
  STORAGE_NO_BUCKET: { kind: 'input', meaning: 'There is no bucket of that name.' },
  STORAGE_UNREACHABLE: {
    kind: 'state',
    meaning: 'A store cannot be reached, or fails again and again.',
  },
  STORAGE_TIMEOUT: { kind: 'state', meaning: 'A store did not answer, or stopped sending.' },
  STORAGE_CHECKSUM: {
    kind: 'input',
    meaning: 'The bytes of an object do not have the expected checksum.',
  },

  // versions of data
  DVC_NO_REPOSITORY: { kind: 'input', meaning: 'The folder is in no DVC repository.' },
  DVC_REPOSITORY_EXISTS: { kind: 'state', meaning: 'The folder is a DVC repository already.' },
  DVC_CONFIG: {
    kind: 'usage',
    meaning: "DVC's configuration cannot be read, or sets what DVC does not know.",
  },
  DVC_FILE_INVALID: { kind: 'input', meaning: 'A `.dvc` file is not one that DVC would take.' },
  DVC_IGNORE_FILE: { kind: 'state', meaning: 'A `.dvcignore` lies within tracked data.' },
  DVC_UNSUPPORTED: {
    kind: 'input',
    meaning: 'A repository uses something of DVC that Atelier does not do.',
  },
  DVC_LOCKED: { kind: 'state', meaning: 'Another process works on the DVC repository.' },
  DVC_TARGET_INVALID: {
    kind: 'usage',
    meaning: 'A path cannot be tracked: it is outside, within other tracked data, or in git.',
  },
  DVC_TARGET_UNKNOWN: { kind: 'input', meaning: 'Nothing is tracked under that name.' },
  DVC_OBJECT_CORRUPT: {
    kind: 'input',
    meaning: 'An object of a cache or a remote is not what its name says.',
  },
  DVC_OBJECT_MISSING: { kind: 'input', meaning: 'Data is neither in the cache nor on the remote.' },
  DVC_WOULD_LOSE: {
    kind: 'state',
    meaning: 'Data would be replaced or deleted that is kept nowhere else.',
  },
  DVC_NO_REMOTE: { kind: 'usage', meaning: 'There is no remote of that name, or none to use.' },
  DVC_NOT_PUSHED: {
    kind: 'finding',
    meaning: 'Data that a `.dvc` file names is not on the remote.',
  },
  DVC_DAMAGED: { kind: 'finding', meaning: '`data doctor` found damage.' },

  // pipelines
  PIPELINE_NOT_FOUND: { kind: 'input', meaning: 'There is no pipeline, or no stage of that name.' },
  PIPELINE_INVALID: {
    kind: 'usage',
    meaning: 'A `dvc.yaml` or `dvc.lock` holds what it cannot hold.',
  },
  PIPELINE_PARAMETERS: {
    kind: 'input',
    meaning: 'A parameter of a pipeline, or its file, is not there or cannot be read.',
  },
  PIPELINE_GRAPH: {
    kind: 'usage',
    meaning: 'Stages wait for each other in a circle, or write to the same place.',
  },
  PIPELINE_INPUT_MISSING: { kind: 'input', meaning: 'What a stage depends on does not exist.' },
  PIPELINE_STAGE_FAILED: {
    kind: 'finding',
    meaning: 'The command of a stage failed, or did not write what it should.',
  },
  PIPELINE_BUSY: {
    kind: 'state',
    meaning: 'Another process works on the inputs or outputs of a stage.',
  },

  // monitoring
  PREDICTION_UNKNOWN: { kind: 'input', meaning: 'There is no prediction of that id.' },
  FEEDBACK_UNAVAILABLE: { kind: 'state', meaning: 'True labels cannot be kept here.' },
  LOG_INVALID: {
    kind: 'input',
    meaning: 'A prediction log or a file of labels lacks columns or cannot be read.',
  },
  WINDOW_EMPTY: { kind: 'input', meaning: 'There are no logged predictions of that window.' },
  REFERENCE_NOT_FOUND: {
    kind: 'input',
    meaning: 'There is no reference to hold predictions against.',
  },
  DRIFT_FOUND: { kind: 'finding', meaning: '`monitor check` found that predictions have drifted.' },
  ALERT_NOT_FOUND: { kind: 'input', meaning: 'No alert of that id fires.' },
  DRIFT_UNJUDGED: {
    kind: 'undecided',
    meaning: '`monitor check` cannot tell whether predictions have drifted.',
  },

  INTERRUPTED: {
    kind: 'interrupted',
    meaning: 'The work was stopped by a signal; it can be continued.',
  },

  // the inference service
  MODEL_NOT_LOADED: { kind: 'state', meaning: 'The service has no model to predict with.' },
  SERVICE_OVERLOADED: {
    kind: 'state',
    meaning: 'More predictions are asked for than the service has time for.',
  },
  PREDICTION_TIMEOUT: {
    kind: 'state',
    meaning: 'A prediction waited longer for the model than `serving.deadline_ms`.',
  },
  WORKER_FAILED: { kind: 'state', meaning: 'The thread that ran a prediction ended.' },
  TOKEN_MISSING: {
    kind: 'usage',
    meaning: 'A server that others can reach was started without a token.',
  },

  PORT_UNAVAILABLE: {
    kind: 'state',
    meaning: 'A server cannot listen at the address or port it was given.',
  },
  TOOL_MISSING: { kind: 'state', meaning: 'A program that a command needs is not installed.' },
  DEPLOY_FAILED: { kind: 'state', meaning: "A command of the cloud's own tool failed." },
  FOLDER_NOT_EMPTY: {
    kind: 'state',
    meaning: 'The folder of a new project holds something already.',
  },
  DOCTOR_PROBLEMS: { kind: 'finding', meaning: '`atelier doctor` found problems.' },
  DISK_FULL: { kind: 'state', meaning: 'There is no room on the disk for what must be written.' },
  INTERNAL: { kind: 'internal', meaning: 'A defect in Atelier.' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorCatalogue

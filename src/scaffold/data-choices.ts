/** What a project says of its data, by choice. The keys are files of `conf/data`. */
export interface DataChoice {
  readonly summary: string
  /** `data.source` of the settings. */
  readonly source: string
  /** For the README: what to do before the data can be prepared. */
  readonly text: string
  /** For the README: how it is versioned. */
  readonly versions: string
  /** Changes of the package's file in `conf/data`: each first text must be there. */
  readonly edits: readonly (readonly [from: string, to: string])[]
  /** What the stage `prepare` of dvc.yaml depends on. */
  readonly depends: readonly string[]
}

const VERSIONS = (
  path: string,
) => `Data is versioned beside the code, as DVC does it: \`npx atelier data add ${path}\` writes \`${path}.dvc\` for git, and
\`npx atelier data remote add --default store gs://bucket/path\` (or \`s3://…\`, or a folder) says where \`npx atelier data push\`
keeps it. Elsewhere \`npx atelier data pull\` brings it back.`

export const dataChoices = {
  folder: {
    summary: 'your own images, one sub-folder per class',
    source: 'folder',
    text: `Put your images into \`data/raw\`, one sub-folder per class: PNG, JPEG or WebP of any size. Size, colour and split are in
\`conf/data/folder.yaml\`.`,
    versions: VERSIONS('data/raw'),
    edits: [
      ['#   atelier train data=folder data.path=./photos\n', ''],
      ['path: ???', 'path: data/raw'],
    ],
    depends: ['data/raw'],
  },
  'fashion-mnist': {
    summary: '70,000 grey images of clothing: downloaded, or found by FASHION_MNIST_DIR',
    source: 'idx',
    text: `Fashion-MNIST: looked for in the folder that \`FASHION_MNIST_DIR\` names, then in \`data/raw\`, and downloaded there otherwise
(30 MB). For your own images see \`conf/data\` of the package: \`npx atelier config data=folder data.path=./photos\`.`,
    versions: VERSIONS('data/raw'),
    edits: [],
    depends: [],
  },
  sketch: {
    summary: 'ten drawn garments, embedded: no download',
    source: 'sketch',
    text: `The embedded data set, drawn on the spot: ten kinds of garments. It shows the way; for your own images, take
\`node_modules/atelier/conf/data/folder.yaml\` into \`conf/data\`, and name it in \`conf/config.yaml\`.`,
    versions: VERSIONS('data/processed/sketch'),
    edits: [],
    depends: [],
  },
} as const satisfies Record<string, DataChoice>

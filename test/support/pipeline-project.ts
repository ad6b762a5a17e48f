import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './training-project.ts'

/** Fills a folder with this repository's own pipeline and its settings, small enough for seconds, on the embedded data. */
export function writePipelineProject(folder: string): void {
  writeShippedPipeline(folder)
  edit(
    join(folder, 'dvc.yaml'),
    ['data: fashion-mnist', 'data: sketch'],
    ['data/fashion-mnist.yaml', 'data/sketch.yaml'],
  )
  edit(
    join(folder, 'conf/data/sketch.yaml'),
    ['train: 12000', 'train: 300'],
    ['test: 2000', 'test: 60'],
    ['validation: 1000', 'validation: 50'],
  )
}

/** The same with the data that the pipeline names as it comes. */
export function writeShippedPipeline(folder: string): void {
  cpSync(join(packageRoot, 'conf'), join(folder, 'conf'), { recursive: true })
  cpSync(join(packageRoot, 'dvc.yaml'), join(folder, 'dvc.yaml'))
  edit(
    join(folder, 'conf/config.yaml'),
    ['epochs: 5', 'epochs: 2'],
    ['type: cnn', 'type: mlp'],
    ['threads: 2', 'threads: 1'],
  )
}

/** Replaces texts that must be there. */
export function edit(path: string, ...changes: readonly (readonly [string, string])[]): void {
  let text = readFileSync(path, 'utf8')
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${path} does not hold '${from}'`)
    text = text.replace(from, to)
  }
  writeFileSync(path, text)
}

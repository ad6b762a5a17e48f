import { join } from 'node:path'
import type { DatasetManifest, SplitName } from '../contracts/index.ts'
import { sha256, sha256File, toAtelierError } from '../core/index.ts'
import type { Dataset } from './dataset.ts'
import { findNearDuplicates } from './near-duplicates.ts'
import { imageSize, type Split } from './split.ts'
import { loadSplitFile } from './split-file.ts'

export type FindingKind =
  | 'digest-mismatch'
  | 'unreadable'
  | 'empty-class'
  | 'imbalance'
  | 'blank'
  | 'duplicate'
  | 'conflict'
  | 'leak'
  | 'near-duplicate'
  | 'near-leak'

/** One image of a prepared split. Names no pixels and no prediction: the test split stays locked. */
export interface ImagePlace {
  readonly split: SplitName
  readonly index: number
  readonly class: string
}

export interface Finding {
  readonly kind: FindingKind
  readonly severity: 'error' | 'warning'
  /** How many images, groups, classes or files are concerned. */
  readonly count: number
  readonly message: string
  /** Up to five; each is one image, or the images that belong together. */
  readonly examples: readonly (readonly ImagePlace[])[]
}

export interface CheckResult {
  readonly images: number
  readonly findings: readonly Finding[]
}

const SPLITS = ['train', 'val', 'test'] as const
const EXAMPLES = 5
/** Largest to smallest class; accuracy alone misleads beyond. */
const IMBALANCE = 10

/**
 * Looks for what makes a data set untrustworthy: changed files, blank images, copies within a split
 * (twice the weight), copies with two labels, and copies across splits (the score is too good).
 */
export async function checkDataset(dataset: Dataset): Promise<CheckResult> {
  const { folder, manifest } = dataset
  const findings: Finding[] = [...(await checkDigests(folder, manifest))]
  const splits: Partial<Record<SplitName, Split>> = {}
  for (const name of SPLITS) {
    try {
      splits[name] = await loadSplitFile(folder, manifest, name)
    } catch (error) {
      findings.push(finding('unreadable', 'error', 1, toAtelierError(error).message))
    }
  }
  const pool = joinSplits(splits, manifest)
  findings.push(...checkClasses(manifest), ...checkBlank(pool), ...checkCopies(pool))
  findings.push(...checkNearCopies(pool, manifest))
  return { images: pool.places.length, findings }
}

function finding(
  kind: FindingKind,
  severity: Finding['severity'],
  count: number,
  message: string,
  examples: readonly (readonly ImagePlace[])[] = [],
): Finding {
  return { kind, severity, count, message, examples: examples.slice(0, EXAMPLES) }
}

async function checkDigests(folder: string, manifest: DatasetManifest): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { file, sha256: wanted } of Object.values(manifest.splits)) {
    const got = await sha256File(join(folder, file)).catch(() => 'none, it cannot be read')
    if (got !== wanted) {
      const message = `${file} has SHA-256 ${got}, the manifest says ${wanted}.`
      findings.push(finding('digest-mismatch', 'error', 1, message))
    }
  }
  return findings
}

/** All readable splits one after another. */
interface Pool {
  readonly images: Uint8Array<ArrayBuffer>
  readonly size: number
  readonly places: readonly ImagePlace[]
}

function joinSplits(splits: Partial<Record<SplitName, Split>>, manifest: DatasetManifest): Pool {
  const size = imageSize(manifest.geometry)
  const present = SPLITS.flatMap((name) => (splits[name] ? [{ name, split: splits[name] }] : []))
  const total = present.reduce((sum, { split }) => sum + split.size, 0)
  const images = new Uint8Array(total * size)
  const places: ImagePlace[] = []
  for (const { name, split } of present) {
    images.set(split.images, places.length * size)
    split.labels.forEach((label, index) => {
      places.push({ split: name, index, class: manifest.classes[label]! })
    })
  }
  return { images, size, places }
}

function checkClasses({ splits, classes }: DatasetManifest): Finding[] {
  const findings: Finding[] = []
  for (const name of SPLITS) {
    const empty = classes.filter((_, label) => splits[name].class_counts[label] === 0)
    if (empty.length === 0) continue
    const message = `The ${name} split has no image of ${empty.join(', ')}.`
    const severity = name === 'train' ? 'error' : 'warning'
    findings.push(finding('empty-class', severity, empty.length, message))
  }
  const counts = splits.train.class_counts
  const [most, fewest] = [Math.max(...counts), Math.min(...counts)]
  if (fewest > 0 && most > IMBALANCE * fewest) {
    const [large, small] = [classes[counts.indexOf(most)], classes[counts.indexOf(fewest)]]
    const message = `Training has ${most} images of ${large} but ${fewest} of ${small}: more than ${IMBALANCE} to 1.`
    findings.push(finding('imbalance', 'warning', 1, message))
  }
  return findings
}

function checkBlank({ images, size, places }: Pool): Finding[] {
  const blank = places.filter((_, i) => {
    const first = images[i * size]!
    return images.subarray(i * size, (i + 1) * size).every((pixel) => pixel === first)
  })
  if (blank.length === 0) return []
  const message = `${blank.length} images are blank: every pixel has the same value.`
  return [
    finding(
      'blank',
      'warning',
      blank.length,
      message,
      blank.map((place) => [place]),
    ),
  ]
}

/** Identical pixels, by SHA-256. A group counts under the worst that is true of it. */
function checkCopies({ images, size, places }: Pool): Finding[] {
  const groups = new Map<string, ImagePlace[]>()
  places.forEach((place, i) => {
    const digest = sha256(images.subarray(i * size, (i + 1) * size))
    const group = groups.get(digest)
    if (group === undefined) groups.set(digest, [place])
    else group.push(place)
  })
  const copies = [...groups.values()].filter((group) => group.length > 1)
  const within = copies.filter((group) => !crossesSplits(group) && !crossesClasses(group))
  const describe = {
    leak: (n: number) =>
      `${n} images occur, to the pixel, in more than one split: scores are too good.`,
    conflict: (n: number) => `${n} images occur, to the pixel, under more than one class.`,
    duplicate: (n: number) => `${n} images occur more than once in a split, to the pixel.`,
  }
  return [
    ...groupFinding('leak', 'error', copies.filter(crossesSplits), describe.leak),
    ...groupFinding('conflict', 'error', copies.filter(crossesClasses), describe.conflict),
    ...groupFinding('duplicate', 'warning', within, describe.duplicate),
  ]
}

function checkNearCopies({ images, places }: Pool, { geometry }: DatasetManifest): Finding[] {
  const pairs = findNearDuplicates(images, geometry).map(({ a, b }) => [places[a]!, places[b]!])
  const within = pairs.filter((pair) => !crossesSplits(pair))
  const twoClasses = (group: readonly (readonly ImagePlace[])[]) => {
    const count = group.filter(crossesClasses).length
    return count === 0 ? '' : ` ${count} of them are of two classes.`
  }
  return [
    ...groupFinding(
      'near-leak',
      'warning',
      pairs.filter(crossesSplits),
      (n, group) =>
        `${n} pairs of nearly equal images lie in different splits.${twoClasses(group)}`,
    ),
    ...groupFinding(
      'near-duplicate',
      'warning',
      within,
      (n, group) => `${n} pairs of nearly equal images lie in one split.${twoClasses(group)}`,
    ),
  ]
}

function groupFinding(
  kind: FindingKind,
  severity: Finding['severity'],
  groups: readonly (readonly ImagePlace[])[],
  message: (count: number, groups: readonly (readonly ImagePlace[])[]) => string,
): Finding[] {
  if (groups.length === 0) return []
  return [finding(kind, severity, groups.length, message(groups.length, groups), groups)]
}

const crossesSplits = (group: readonly ImagePlace[]) => new Set(group.map((p) => p.split)).size > 1
const crossesClasses = (group: readonly ImagePlace[]) => new Set(group.map((p) => p.class)).size > 1

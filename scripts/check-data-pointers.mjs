/**
 * A data version whose files nobody has is lost: when pointers (*.dvc, dvc.lock) are among what git is
 * about to push, their files must be in the remote. Without pointers there is nothing to ask.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const pointers = execFileSync('git', ['ls-files', '-z', '*.dvc', '*dvc.lock'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '')

if (pointers.length > 0) {
  const cli = resolve(import.meta.dirname, '../dist/main/atelier.js')
  const words = [cli, 'data', 'status', '--cloud']
  const { status, error } = spawnSync(process.execPath, words, { stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) {
    console.error('Push the data first: atelier data push')
    process.exitCode = status ?? 1
  }
}

import { readFile } from 'node:fs/promises'

/**
 * What tells a process from a later one of the same id, where the system says it (Linux: boot and
 * start time); empty elsewhere. A restarted container gives its process the same id every time.
 */
export async function processIdentity(pid: number): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // fields 3 and 22, counted after the parenthesised name, which may hold spaces: proc(5)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // a zombie has ended; its parent has only not asked how
    return fields[0] === 'Z' ? '' : `${boot.trim()}:${fields[19]}`
  } catch {
    return ''
  }
}

/** Whether a process of this id exists on this machine. Signal 0 only asks. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists and belongs to someone else
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

import { parse } from 'yaml'
import { readDefinition, type Sweep } from '../../sweeps/index.ts'
import type { CommandContext } from '../context.ts'
import type { SweepDefinition } from './definition.ts'

export async function parseDefinition(
  _context: CommandContext,
  sweep: Sweep,
): Promise<SweepDefinition> {
  return readText(Buffer.from(await readDefinition(sweep)).toString('utf8'))
}
export function readText(text: string): SweepDefinition {
  const file = parse(text) as any
  const cap = file.run_cap ?? Infinity
  const names = Object.keys(file.parameters).sort()
  const combos: any[] = names.reduce((acc: any[], n) => acc.flatMap((c: any) => file.parameters[n].values.map((v: any) => ({ ...c, [n]: v }))), [{}])
  return {
    name: file.name,
    method: file.method,
    metric: file.metric?.name,
    goal: file.metric?.goal,
    repeats: file.repeats,
    total: Math.min(cap, combos.length),
    warnings: [],
    next: (trials) => (trials.length >= cap || trials.length >= combos.length ? 'done' : combos[trials.length]),
    hopeless: () => [],
    foreign:
      file.command === undefined
        ? undefined
        : {
            commandOf: async (params) =>
              file.command.flatMap((x: string) =>
                x === '${args}' ? Object.entries(params).map(([k, v]) => `--${k}=${v}`) : x === '${program}' ? [file.program] : [x],
              ),
          },
    overridesOf: (params) => Object.entries(params).map(([k, v]) => `${k}=${v}`),
  }
}

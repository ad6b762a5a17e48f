import { createInterface } from 'node:readline/promises'
import { AtelierError } from '../../core/index.ts'
import { type DataChoice, dataChoices } from '../../scaffold/index.ts'
import type { CommandContext } from '../context.ts'

export type DataName = keyof typeof dataChoices

export const dataNames = Object.keys(dataChoices) as readonly DataName[]
export const usualData: DataName = 'fashion-mnist'

/** Asks which data a project begins with; the usual one where nobody can answer. */
export async function askData({ stdin, stderr, signal }: CommandContext): Promise<DataName> {
  if (!isTerminal(stdin) || stderr.isTTY !== true) return usualData
  const lines = dataNames.map((name, i) => {
    const { summary }: DataChoice = dataChoices[name]
    return `  ${i + 1}  ${name.padEnd(13)}  ${summary}`
  })
  const usual = dataNames.indexOf(usualData) + 1
  const terminal = createInterface({ input: stdin, output: stderr })
  try {
    const question = `Which data?\n${lines.join('\n')}\n1 to ${lines.length} [${usual}]: `
    return readAnswer(await terminal.question(question, { signal }), usual)
  } finally {
    terminal.close()
  }
}

/** A number or a name; nothing is the usual one. Throws USAGE. */
export function readAnswer(text: string, usual: number): DataName {
  const answer = text.trim().toLowerCase()
  const chosen = dataNames[Number(answer === '' ? usual : answer) - 1]
  const named = chosen ?? dataNames.find((name) => name === answer)
  if (named !== undefined) return named
  throw new AtelierError('USAGE', `'${answer}' is none of the choices.`, {
    hint: `Give it with --data: ${dataNames.join(', ')}.`,
  })
}

const isTerminal = (stream: object): boolean => 'isTTY' in stream && stream.isTTY === true

import { describe, expect, it } from 'vitest'
import { expandCommand } from './expand-command.ts'
import { parseSweep } from './parse-sweep.ts'

const params = { lr: 0.00001, model: 'cnn', debug: true, quiet: false, rest: null }
const options = { env: { HOME: '/home/me' }, paramsFile: '/tmp/params.json' }
const macro = (name: string) => `\${${name}}`

function expand(command?: readonly string[], program?: string): string[] {
  const content = { method: 'random', parameters: { a: { value: 1 } }, command, program }
  return expandCommand(parseSweep(JSON.stringify(content), 's.yaml'), params, options)
}

describe('expandCommand', () => {
  it('has a default', () => {
    expect(expand(undefined, 'train.py')).toEqual([
      '/usr/bin/env',
      'python',
      'train.py',
      '--lr=1e-05',
      '--model=cnn',
      '--debug=True',
      '--quiet=False',
      '--rest=None',
    ])
  })

  it.each([
    ['args_no_hyphens', ['lr=1e-05', 'model=cnn', 'debug=True', 'quiet=False', 'rest=None']],
    ['args_no_boolean_flags', ['--lr=1e-05', '--model=cnn', '--debug', '--rest=None']],
    [
      'args_no_equals',
      ['--lr', '1e-05', '--model', 'cnn', '--debug', 'True', '--quiet', 'False', '--rest', 'None'],
    ],
    ['args_append_hydra', ['+lr=1e-05', '+model=cnn', '+debug=True', '+quiet=False', '+rest=None']],
    [
      'args_override_hydra',
      ['++lr=1e-05', '++model=cnn', '++debug=True', '++quiet=False', '++rest=None'],
    ],
    ['args_json', ['{"lr": 1e-05, "model": "cnn", "debug": true, "quiet": false, "rest": null}']],
    ['args_json_file', ['/tmp/params.json']],
  ])('knows %s', (name, expected) => {
    expect(expand([macro(name)])).toEqual(expected)
  })

  it('takes macros as whole words only, and leaves out those that W&B does not have', () => {
    expect(expand(['run', `--x=${macro('program')}`, macro('nothing'), 'end'])).toEqual([
      'run',
      `--x=${macro('program')}`,
      'end',
    ])
  })

  it('reads variables of the environment anywhere in a word', () => {
    expect(expand([`${macro('envvar:HOME')}/bin/x${macro('envvar:NONE')}`])).toEqual([
      '/home/me/bin/x',
    ])
  })

  it('wants a program where the command names it', () => {
    expect(() => expand([macro('program')])).toThrow("s.yaml: the command needs 'program'.")
  })
})

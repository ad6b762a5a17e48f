import { once } from 'node:events'
import { join } from 'node:path'
import type { ServingConfig } from '../../contracts/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult, type RunningService } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { ownVersion } from '../own-version.ts'
import { portOf } from '../port-of.ts'
import { serverToken } from '../server-token.ts'

export const serveCommand = defineCommand({
  arguments: {
    model: {
      description: 'Path or address of a model. MODEL_URI, else models/model.onnx, when left out.',
    },
  },
  options: {
    host: {
      type: 'string',
      description: 'Address to listen at (serving.host). Others than loopback need a token.',
    },
    port: {
      type: 'integer',
      description: 'Where to listen (PORT, serving.port); 0 takes any free one.',
    },
    token: {
      type: 'string',
      description: 'What clients must send as a bearer token (ATELIER_TOKEN).',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier serve', does: 'Serve the newest trained model on this machine.' },
    { command: 'atelier serve models/model.onnx --port 0 --json', does: 'For a script.' },
    { command: 'atelier serve serving.max_batch=32', does: 'With a setting changed.' },
  ],
  async run(context, { arguments: { model }, options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const { cwd, env, packageRoot, logger, clock, signal } = context
    const serving = servingOf(context, config.serving, options)
    const token = serverToken(serving.host, options.token ?? env['ATELIER_TOKEN'])
    const service = await context.startService({
      config: { ...config, serving },
      env,
      model: model ?? (env['MODEL_URI'] || join(config.paths.models, 'model.onnx')),
      cwd,
      token,
      pages: join(packageRoot, 'dist', 'web'),
      version: await ownVersion(packageRoot),
      logger,
      clock,
    })
    try {
      printService(context, service)
      if (!signal.aborted) await once(signal, 'abort')
    } finally {
      await service.close()
    }
  },
})

function servingOf(
  { env }: CommandContext,
  config: ServingConfig,
  given: { readonly host: string | undefined; readonly port: number | undefined },
): ServingConfig {
  const port = given.port ?? portOf(env['PORT']) ?? config.port
  return { ...config, host: given.host ?? config.host, port }
}

function printService(context: CommandContext, { url, model }: RunningService): void {
  const served = model()
  if (context.json) {
    const { name = null, version = null, sha256 = null } = served ?? {}
    context.stdout.write(`${JSON.stringify({ url, model: name, version, sha256 })}\n`)
    return
  }
  printResult(context, {}, () => `${url}  (pages: ${url}ui/, documentation: ${url}docs)`)
  context.logger.info('Ctrl-C ends it.')
}

import { z } from 'zod'

/** A number or text: YAML takes an MD5 of digits for a number. */
const annotations = {
  desc: z.string().optional(),
  type: z.string().optional(),
  labels: z.array(z.string()).optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
}

const hash = {
  md5: z.unknown().optional(),
  hash: z.string().optional(),
  size: z.number().int().nonnegative().optional(),
  nfiles: z.number().int().nonnegative().optional(),
  isexec: z.boolean().optional(),
  ...{ etag: z.unknown().optional(), checksum: z.unknown().optional() },
  ...{ version_id: z.unknown().optional(), remote: z.string().nullable().optional() },
  cloud: z.record(z.string(), z.unknown()).optional(),
  files: z.array(z.record(z.string(), z.unknown())).optional(),
}

const outSchema = z.strictObject({
  ...hash,
  ...annotations,
  path: z.string().min(1),
  cache: z.boolean().optional(),
  persist: z.boolean().optional(),
  push: z.boolean().optional(),
  metric: z.unknown().optional(),
  plot: z.unknown().optional(),
  fs_config: z.unknown().optional(),
})

const depSchema = z.strictObject({
  ...hash,
  path: z.string().optional(),
  repo: z.record(z.string(), z.unknown()).optional(),
  params: z.unknown().optional(),
  fs_config: z.unknown().optional(),
  db: z.unknown().optional(),
})

/** A `.dvc` file as DVC 3 takes it: what it does not know it refuses. */
export const dvcFileSchema = z.strictObject({
  md5: z.unknown().optional(),
  cmd: z.unknown().optional(),
  wdir: z.string().nullable().optional(),
  deps: z.array(depSchema).nullable().optional(),
  outs: z.array(outSchema).nullable().optional(),
  locked: z.boolean().optional(),
  frozen: z.boolean().optional(),
  always_changed: z.boolean().optional(),
  meta: z.unknown().optional(),
  desc: z.string().optional(),
})

export type RawDvcFile = z.infer<typeof dvcFileSchema>

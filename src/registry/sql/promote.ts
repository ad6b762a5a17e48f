import { type GateVerdict, gateVerdictSchema, type ModelAlias } from '../../contracts/index.ts'
import { AtelierError, digestOf } from '../../core/index.ts'
import type { Promotion } from '../registry.ts'
import { checkAliasChange, moveAlias, requireRevision } from './move-alias.ts'
import { aliasRow, versionOf } from './read-models.ts'
import type { RegistryWork } from './registry-work.ts'
import type { RegistryTransaction } from './tables.ts'

/** A promotion whose parts fit each other. Throws USAGE where force comes without a reason. */
export function checkPromotion(given: Promotion): Promotion {
  const promotion = checkAliasChange(given)
  gateVerdictSchema.parse(given.verdict)
  if (promotion.force !== true || promotion.reason !== undefined) return promotion
  throw new AtelierError('USAGE', 'A promotion past the gate needs a reason.', {
    hint: `Say why with --reason 'TEXT': it stays in the history.`,
  })
}

/**
 * Writes the verdict and, where it allows or is overruled, moves the alias. Undefined: it was refused,
 * which is written too. Throws ALIAS_CONFLICT.
 */
export async function promote(
  work: RegistryWork,
  promotion: Promotion,
): Promise<ModelAlias | undefined> {
  const { db } = work
  const { name, alias, version, actor, reason = null, verdict } = promotion
  const old = await aliasRow(db, name, alias)
  requireRevision(promotion, old)
  await requireOwnVerdict(db, promotion, old?.version ?? null)
  const digest = await keepVerdict(db, verdict)
  if (verdict.passed || promotion.force === true) {
    return moveAlias(work, promotion, { action: 'promoted', verdict: digest })
  }
  await work.append({
    ...{ actor, action: 'refused', model: name, version, alias, reason },
    previous: old?.version ?? null,
    verdict: digest,
  })
  return undefined
}

/** A verdict about other models allows nothing. */
async function requireOwnVerdict(
  db: RegistryTransaction,
  { name, alias, version, verdict }: Promotion,
  current: number | null,
): Promise<void> {
  const { sha256 } = await versionOf(db, { name, version })
  const { candidate } = verdict
  const isOwn =
    verdict.model === name &&
    verdict.alias === alias &&
    candidate.version === version &&
    candidate.sha256 === sha256 &&
    // what cannot be compared has not passed
    (!verdict.passed || (verdict.current?.version ?? null) === current)
  if (isOwn) return
  const judged = `${verdict.model} version ${candidate.version}, ${verdict.alias} at ${verdict.current?.version ?? 'none'}`
  throw new AtelierError(
    'GATE_REFUSED',
    `The verdict is about ${judged}; this is ${name} version ${version}, ${alias} at ${current ?? 'none'}.`,
    { hint: 'Judge the version that shall be promoted, against the one that is there.' },
  )
}

async function keepVerdict(db: RegistryTransaction, verdict: GateVerdict): Promise<string> {
  const digest = digestOf(verdict)
  await db
    .insertInto('registry_verdicts')
    .values({ digest, verdict: JSON.stringify(verdict) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return digest
}

/** What is thrown after the refusal is written. */
export function gateRefused({ name, version, alias, verdict }: Promotion): AtelierError {
  const reasons = verdict.checks.filter(({ passed }) => !passed).map(({ check }) => check)
  return new AtelierError(
    'GATE_REFUSED',
    `${name} version ${version} may not become ${alias}: ${reasons.join(', ')}.`,
    {
      hint: `Train a better one, or overrule the gate on record: --force --reason 'TEXT'.`,
      data: { failed: reasons },
    },
  )
}

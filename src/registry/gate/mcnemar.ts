import type { McNemarResult } from '../../contracts/index.ts'

/**
 * McNemar's test of two models on the same images. Only images on which exactly one of them is right
 * say anything; were both equally good, each of these would fall to either side like a coin.
 * `candidateRight` and `currentRight`: [N], 1 where the model was right.
 */
export function mcnemar(candidateRight: Uint8Array, currentRight: Uint8Array): McNemarResult {
  let [candidateOnly, currentOnly] = [0, 0]
  for (let i = 0; i < candidateRight.length; i++) {
    if (candidateRight[i]! > currentRight[i]!) candidateOnly++
    if (candidateRight[i]! < currentRight[i]!) currentOnly++
  }
  const { exact, mid } = coinTest(candidateOnly, currentOnly)
  return { candidate_only: candidateOnly, current_only: currentOnly, exact_p: exact, mid_p: mid }
}

/**
 * Two-sided p of k heads in n throws of a fair coin: exact, and with half the weight on the outcome
 * itself (mid-p), which errs less on the cautious side; Fagerland, Lydersen, Laake (2013).
 */
export function coinTest(
  heads: number,
  tails: number,
): { readonly exact: number; readonly mid: number } {
  const throws = heads + tails
  const least = Math.min(heads, tails)
  // from the outcome outwards, so that the largest term comes first and the rest fades
  let logTerm = logBinomial(throws, least) - throws * Math.LN2
  const own = Math.exp(logTerm)
  let tail = 0
  for (let k = least; k >= 0; k--) {
    const term = Math.exp(logTerm)
    tail += term
    if (term < tail * 1e-18) break
    logTerm += Math.log(k) - Math.log(throws - k + 1)
  }
  return { exact: Math.min(1, 2 * tail), mid: Math.min(1, 2 * tail - own) }
}

/** Logarithm of n over k, as a sum over the shorter side. */
function logBinomial(n: number, k: number): number {
  let sum = 0
  for (let i = 1; i <= k; i++) sum += Math.log(n - k + i) - Math.log(i)
  return sum
}

/** A float as Python's `repr` writes it: `0.1`, `1.0`, `1e-05`, `inf`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [digits, power] = value.toExponential().split('e') as [string, string]
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) return `${digits}e${power.replace(/^([-+])(\d)$/, '$10$2')}`
  // below 1e21 JavaScript writes no exponent, and above 1e-7 neither
  const plain = String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}

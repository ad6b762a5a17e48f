/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), eight bytes at a time: the checksum that every object of Google Cloud Storage has. */
const POLYNOMIAL = 0x82f63b78
const TABLES = makeTables()

export interface RunningCrc {
  update(bytes: Uint8Array): void
  /** Lowercase hex, eight digits. */
  digest(): string
}

export function createCrc32c(): RunningCrc {
  let crc = 0xffffffff
  return {
    update(bytes) {
      crc = advance(crc, bytes)
    },
    digest: () => (~crc >>> 0).toString(16).padStart(8, '0'),
  }
}

function advance(start: number, bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES
  let crc = start
  let i = 0
  for (const whole = bytes.length - 7; i < whole; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    crc =
      t7[crc & 255]! ^
      t6[(crc >>> 8) & 255]! ^
      t5[(crc >>> 16) & 255]! ^
      t4[crc >>> 24]! ^
      t3[bytes[i + 4]!]! ^
      t2[bytes[i + 5]!]! ^
      t1[bytes[i + 6]!]! ^
      t0[bytes[i + 7]!]!
  }
  for (; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8)
  return crc
}

type Table = Uint32Array
type Tables = readonly [Table, Table, Table, Table, Table, Table, Table, Table]

/** Table k holds what a byte does to the sum when k more bytes follow. */
function makeTables(): Tables {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    return crc
  })
  const next = (table: Table): Table =>
    Uint32Array.from(table, (crc) => first[crc & 255]! ^ (crc >>> 8))
  const tables: Table[] = [first]
  while (tables.length < 8) tables.push(next(tables.at(-1)!))
  return tables as unknown as Tables
}

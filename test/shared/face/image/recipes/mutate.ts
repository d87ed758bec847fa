/** Ways to spoil a file, as damage and attacks do. */
export const MUTATIONS = ['header', 'bits', 'lengths', 'tags', 'cut', 'moved'] as const

/** Where formats keep their headers, in bytes. */
const HEADER = 1024
/** What a length or a count is replaced with. */
const EXTREMES = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff]

/** Numbers from 0 to 1, the same ones for the same seed: a linear congruential generator (Numerical Recipes, 1992). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  // The first ones of neighbouring seeds are alike.
  for (let i = 0; i < 8; i++) next()
  return next
}

/** A copy of the file that is spoiled in this way. */
export function mutate(file: Buffer, mutation: (typeof MUTATIONS)[number], random: () => number): Buffer {
  const copy = Buffer.from(file)
  const below = (limit: number) => Math.floor(random() * limit)
  const header = Math.min(HEADER, copy.length - 4)
  if (mutation === 'cut') return copy.subarray(0, below(copy.length))
  if (mutation === 'moved') {
    const [from, to] = [below(copy.length), below(copy.length)]
    copy.copy(copy, to, from, from + below(256))
    return copy
  }
  for (let times = 1 + below(4); times > 0; times--) {
    if (mutation === 'header') copy.writeUInt8(below(256), below(header))
    if (mutation === 'bits') {
      const at = below(copy.length)
      copy.writeUInt8(copy.readUInt8(at) ^ (1 << below(8)), at)
    }
    if (mutation === 'lengths')
      writeExtreme(copy, below(header), EXTREMES[below(EXTREMES.length)] ?? 0, below(4))
    // Swaps two words: tags of TIFF, types of boxes and chunks, markers with what follows.
    if (mutation === 'tags') {
      const [a, b] = [2 * below(header / 2), 2 * below(header / 2)]
      const word = copy.readUInt32BE(a)
      copy.writeUInt32BE(copy.readUInt32BE(b), a)
      copy.writeUInt32BE(word, b)
    }
  }
  return copy
}

/** As two or four bytes in either order. */
function writeExtreme(file: Buffer, at: number, value: number, kind: number): void {
  if (kind === 0) file.writeUInt32BE(value, at)
  if (kind === 1) file.writeUInt32LE(value, at)
  if (kind === 2) file.writeUInt16BE(value & 0xffff, at)
  if (kind === 3) file.writeUInt16LE(value & 0xffff, at)
}

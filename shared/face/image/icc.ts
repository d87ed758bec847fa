/** The primaries of sRGB in ICC profiles, adapted to D50 (IEC 61966-2-1). */
const COLOURANTS: Record<string, readonly [x: number, y: number, z: number]> = {
  rXYZ: [0.436, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
}

/**
 * True for a profile with the primaries and the curve of sRGB, whoever made it. False for anything that is not certainly
 * sRGB.
 * @param profile an ICC profile (https://www.color.org/specification/ICC.1-2022-05.pdf)
 */
export function isSrgbProfile(profile: Buffer): boolean {
  try {
    if (profile.toString('latin1', 16, 20) !== 'RGB ') return false
    const tags = readTags(profile)
    // Where there is a device-to-PCS table, primaries and curves are ignored.
    if (tags.has('A2B0')) return false
    const primaries = Object.entries(COLOURANTS).every(([name, expected]) => {
      const at = tags.get(name) ?? NaN
      return expected.every((value, i) => Math.abs(s15Fixed16(profile, at + 8 + i * 4) - value) < 0.002)
    })
    return primaries && ['rTRC', 'gTRC', 'bTRC'].every((name) => isSrgbCurve(profile, tags.get(name) ?? NaN))
  } catch {
    return false
  }
}

/** Offsets of the profile's tags by signature. */
function readTags(profile: Buffer): Map<string, number> {
  const count = Math.min(profile.readUInt32BE(128), 100)
  return new Map(
    Array.from({ length: count }, (_, i) => {
      const entry = 132 + i * 12
      return [profile.toString('latin1', entry, entry + 4), profile.readUInt32BE(entry + 4)]
    }),
  )
}

function isSrgbCurve(profile: Buffer, at: number): boolean {
  const value = readCurve(profile, at)
  return [0.1, 0.25, 0.5, 0.75, 0.9].every((x) => Math.abs(value(x) - srgbToLinear(x)) < 0.004)
}

/** The curve as a function, from a table of 16-bit values or from the parametric type that sRGB profiles use. */
function readCurve(profile: Buffer, at: number): (x: number) => number {
  const type = profile.toString('latin1', at, at + 4)
  if (type === 'curv') {
    const entries = profile.readUInt32BE(at + 8)
    if (entries < 2) throw new Error('a pure gamma curve')
    return (x) => profile.readUInt16BE(at + 12 + 2 * Math.round(x * (entries - 1))) / 65_535
  }
  if (type !== 'para' || profile.readUInt16BE(at + 8) !== 3) throw new Error(`a curve of type ${type}`)
  const [g = 0, a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3, 4].map((i) => s15Fixed16(profile, at + 12 + i * 4))
  return (x) => (x >= d ? (a * x + b) ** g : c * x)
}

function srgbToLinear(x: number): number {
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4
}

function s15Fixed16(profile: Buffer, at: number): number {
  return profile.readInt32BE(at) / 65_536
}

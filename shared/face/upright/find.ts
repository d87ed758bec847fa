import { intersection } from '../box.ts'
import { joinRasters, type Raster, release, type Turn, turnRaster } from '../image/raster.ts'
import { resize } from '../image/resize.ts'
import type { AnalyseOptions, Face } from '../port.ts'
import { fitOf } from './fit.ts'
import { turnBack } from './turn-back.ts'

/*
 * The limits were set on 60 frontal photos twice and 60 profiles from CFP, 61 web photos of 6 Koreans and 29 others, each
 * in all four turns. Of the upright ones none is turned but for one profile in which no face is found; 98 % of the frontal,
 * all Korean and 78 % of the profile ones are turned upright from each wrong turn.
 */
/**
 * A face that fits this well shows that its image is upright. Of frontal selfies 88 % have one, of turned ones 1 %. Photos are many
 * and each further look costs as much as the first: at 0.22 all of 49 frontal photos take one look and 10 of 14 profile ones, and of
 * 147 on their side or upside down, 8 % are taken for upright.
 */
const CONVINCING: Record<AnalyseOptions['kind'], number> = { selfie: 0.31, photo: 0.22 }
/** A photo is turned for a face that fits at least this well, */
const ACCEPTED = 0.156
/** and so many times better than the best face of the photo as it is: less would turn heads that lean by 30 or 40 degrees. */
const BETTER = 1.5
/**
 * A face that fits worse is not compared: it lies on its side, or its landmarks are wrong for another reason. 17 % of the
 * pairs of different people on their side are closer than 0.45. This drops 70 % of the faces on their side and of the
 * upright profiles 12 %, none of which was found by a frontal photo of the same person.
 */
const COMPARABLE = 0.12
/** The same in an upright photo, where few lie: at 0.12, one in 20 faces of 48 px would be dropped that are recognised. */
const COMPARABLE_IN_UPRIGHT = 0.06

/** Longer side in pixels of the copies that are looked at in other turns. */
const COPY = 1024

type Find = (photo: Raster) => Promise<Face[]>

/**
 * The faces that stand upright in the photo. Where none does for certain, the photo is also looked at in other turns, and
 * if its faces stand upright in one of them, they are returned as found there, in pixels of the photo as it is.
 */
export async function findUpright(find: Find, photo: Raster, kind: AnalyseOptions['kind']): Promise<Face[]> {
  const faces = await find(photo)
  const fit = bestFit(faces)
  if (fit >= CONVINCING[kind]) return faces.filter((face) => fitOf(face) >= COMPARABLE_IN_UPRIGHT)
  const needed = Math.max(ACCEPTED, fit * BETTER)
  const scale = Math.min(1, COPY / Math.max(photo.width, photo.height))
  const copy = scale === 1 ? photo : await resize(photo, scale)
  const turn = await (faces.length === 0 && kind === 'photo' ? bestSide : bestTurn)(find, copy, needed)
  if (copy !== photo) release(copy.data)
  const turned = turn === undefined ? [] : await findTurned(find, photo, turn)
  if (turn === undefined || bestFit(turned) < needed) return faces.filter((face) => fitOf(face) >= COMPARABLE)
  const found = turned
    .filter((face) => fitOf(face) >= COMPARABLE_IN_UPRIGHT)
    .map((face) => turnBack(face, photo, turn))
  // Somebody lies beside others who stand.
  const standing = faces.filter(
    (face) => fitOf(face) >= COMPARABLE && !found.some(({ box }) => intersection(box, face.box) > 0),
  )
  return [...found, ...standing]
}

/** The turn in which the best face fits best, by a look at each. */
async function bestTurn(find: Find, photo: Raster, needed: number): Promise<Turn | undefined> {
  const fits = new Map<Turn, number>()
  for (const turn of [1, 2, 3] as const) fits.set(turn, bestFit(await findTurned(find, photo, turn)))
  return best(fits, needed)
}

/**
 * The same for photos without any face, which are many: one look at both of its sides at once. Of a photo that is upside
 * down the detector finds the faces anyway.
 */
async function bestSide(find: Find, photo: Raster, needed: number): Promise<Turn | undefined> {
  const left = await turnRaster(photo, 1)
  const right = await turnRaster(photo, 3)
  const { second, ...both } = joinRasters(left, right)
  const faces = await find(both)
  for (const { data } of [left, right, both]) release(data)
  const isInSecond = ({ box }: Face) =>
    second.x > 0 ? box.x + box.width / 2 > second.x : box.y + box.height / 2 > second.y
  const fits = new Map<Turn, number>([
    [1, bestFit(faces.filter((face) => !isInSecond(face)))],
    [3, bestFit(faces.filter(isInSecond))],
  ])
  return best(fits, needed)
}

function best(fits: ReadonlyMap<Turn, number>, needed: number): Turn | undefined {
  const [first] = [...fits].toSorted(([, a], [, b]) => b - a)
  return first !== undefined && first[1] >= needed ? first[0] : undefined
}

/** The faces of the turned photo, in its pixels. */
async function findTurned(find: Find, photo: Raster, turn: Turn): Promise<Face[]> {
  const turned = await turnRaster(photo, turn)
  try {
    return await find(turned)
  } finally {
    release(turned.data)
  }
}

function bestFit(faces: readonly Face[]): number {
  return Math.max(0, ...faces.map(fitOf))
}

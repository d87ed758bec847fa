import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Face, FaceEngine } from '../../../../shared/face/port.ts'
import { newScanKey } from '../../../../shared/scan/secrets/scan-key.ts'
import { tokenCipher } from '../../../../shared/scan/secrets/token-cipher.ts'
import { FACE_TOKEN_LIFETIME, faceToken } from '../../../../shared/scan/target/face-token.ts'
import { photosOfSameFace } from '../../../../shared/scan/target/same-face.ts'
import { describeTargets, type Targets } from '../../../../shared/scan/target/target-face.ts'
import { albumFaceId } from '../../../../shared/store/album-port.ts'
import { openDatabase } from '../../../../shared/store/sqlite/database.ts'
import { sqliteStore } from '../../../../shared/store/sqlite/store.ts'
import { temporaryDir } from '../../../temporary-dir.ts'
import { match, progress, suggestion } from '../../store/samples.ts'
import { storedScan } from '../scan-fixture.ts'

const store = sqliteStore(openDatabase(await temporaryDir()))
afterAll(() => store.close())

const boxAt = (x: number) => ({ x, y: 0, width: 100, height: 100 })
const faceAt = (x: number, descriptor: number): Face => ({
  box: boxAt(x),
  score: 1,
  landmarks: new Float32Array(),
  descriptor: Float32Array.of(descriptor),
})

/** A mock of the engine: two faces in any selfie, the larger one at 0 and the other at 200. */
const analyse: FaceEngine['analyse'] = async () => ({
  width: 400,
  height: 400,
  faces: [faceAt(0, 0.25), faceAt(200, 0.5)],
})
const deps = {
  store,
  face: { id: 'engine', analyse } as FaceEngine,
  cipher: tokenCipher(randomBytes(32).toString('base64')),
  now: Date.now,
}
const describe = async (request: Targets) => [...(await describeTargets(request, deps))]

/** A scan that found the guest in `me`, a stranger in `stranger` and `again`, and whose doubt is about `maybe`. */
const { key, hash } = newScanKey()
let scanId = ''
beforeAll(async () => {
  const { scan_id } = await storedScan(store, 6, { key_hash: hash, suggestions: true })
  scanId = scan_id
  const found = { me: 0.1, stranger: 0.4, again: 0.42, gone: 0.4 }
  await store.scans.append(scan_id, 0, [
    ...Object.entries(found).map(([id, distance]) => ({ ...match(scan_id, id), box: boxAt(200), distance })),
    progress(scan_id, 'other'),
    progress(scan_id, 'maybe'),
  ])
  await store.scans.appendSuggestions(scan_id, [
    { ...suggestion(scan_id, 'maybe'), box: boxAt(200), distance: 0.6 },
  ])
  const descriptors = { me: 0.1, stranger: 0.4, again: 0.42, other: 0.4, maybe: 0.45 }
  for (const [file_id, descriptor] of Object.entries(descriptors)) {
    await store.faces.put({
      file_id,
      md5: 'm',
      engine_id: 'engine',
      folder_id: 'folder',
      width: 400,
      height: 400,
      // The first one is somebody beside them.
      faces: [faceAt(0, 0.9), faceAt(200, descriptor)],
      thumbnail: undefined,
      expire_at: Date.now() + 60_000,
    })
  }
})

test('the face that a box of the request names is looked for, and the largest where it names none', async () => {
  expect(await describe({ target_face: 'AAAA' })).toEqual([0.25])
  expect(await describe({ target_face: 'AAAA', target_boxes: [boxAt(210)] })).toEqual([0.5])
  expect(await describe({ target_faces: ['AAAA', 'BBBB'], target_boxes: [null, boxAt(190)] })).toEqual([
    0.25, 0.5,
  ])
})

test('boxes without a face, or for another number of selfies, are refused', async () => {
  await expect(describe({ target_face: 'AAAA', target_boxes: [boxAt(100)] })).rejects.toMatchObject({
    code: 'no_face',
    message: 'No face was found in target_face at its box.',
  })
  await expect(describe({ target_face: 'AAAA', target_boxes: [null, null] })).rejects.toMatchObject({
    code: 'invalid_request',
  })
})

test('a token stands for one face of a selfie, without the picture', async () => {
  const token = faceToken(faceAt(200, 0.5), deps)
  // No picture is looked at.
  const blind = { ...deps, face: { id: 'engine' } as FaceEngine }
  const describe = async (request: Targets) => [...(await describeTargets(request, blind))]
  expect(await describe({ target_face: token })).toEqual([0.5])
  const other = faceToken(faceAt(0, 0.25), deps)
  expect(await describe({ target_faces: [other, token], target_boxes: [null, boxAt(200)] })).toEqual([
    0.25, 0.5,
  ])
  await expect(describe({ target_face: token, target_boxes: [boxAt(0)] })).rejects.toMatchObject({
    code: 'no_face',
  })
})

test('a token is good for ten minutes, with the key and the engine that made it, and for nothing else', async () => {
  const token = faceToken(faceAt(200, 0.5), deps)
  const refused = { code: 'face_token_expired', message: expect.stringMatching(/^target_face: /) }
  const describe = (target_face: string, differences: object = {}) =>
    describeTargets({ target_face }, { ...deps, ...differences })
  const [later, tooLate] = [-1000, 1].map((ms) => () => Date.now() + FACE_TOKEN_LIFETIME + ms)
  expect([...(await describe(token, { now: later }))]).toEqual([0.5])
  await expect(describe(token, { now: tooLate })).rejects.toMatchObject(refused)
  await expect(describe(token, { face: { ...deps.face, id: 'next engine' } })).rejects.toMatchObject(refused)
  const cipher = tokenCipher(randomBytes(32).toString('base64'))
  await expect(describe(token, { cipher })).rejects.toMatchObject(refused)
  await expect(describe('face:')).rejects.toMatchObject(refused)
  await expect(describe(`${token.slice(0, -4)}AAAA`)).rejects.toMatchObject(refused)
  const accessToken = deps.cipher.encrypt('a scan', 'ya29.secret')
  await expect(describe(`face:${accessToken}`)).rejects.toMatchObject(refused)
  expect(deps.cipher.decrypt('a scan', token.slice('face:'.length))).toBeUndefined()
})

test('a match of an earlier scan is one more target, for whoever has the key of that scan', async () => {
  const targets = (file_id: string, scan_key = key) =>
    describe({ target_face: 'AAAA', target_matches: [{ scan_id: scanId, scan_key, file_id }] })
  expect(await targets('me')).toEqual([0.25, Math.fround(0.1)])
  expect(await targets('maybe')).toEqual([0.25, Math.fround(0.45)])
  await expect(targets('me', 'wrong')).rejects.toMatchObject({ code: 'forbidden' })
  await expect(targets('other')).rejects.toMatchObject({ code: 'file_not_found' })
  await expect(targets('gone')).rejects.toMatchObject({ code: 'no_face' })
  const otherEngine = { ...deps, face: { ...deps.face, id: 'next engine' } }
  const request = { target_face: 'AAAA', target_matches: [{ scan_id: scanId, scan_key: key, file_id: 'me' }] }
  await expect(describeTargets(request, otherEngine)).rejects.toMatchObject({ code: 'no_face' })
})

test('photos of the same stranger are told, without those that are closer to the selfie', async () => {
  const same = (fileId: string) =>
    photosOfSameFace({ scan_id: scanId, album: undefined }, fileId, { store, matchDistance: 0.45 })
  expect(await same('stranger')).toEqual(['stranger', 'again', 'maybe'])
  expect(await same('gone')).toEqual(['gone'])
  await expect(same('other')).rejects.toMatchObject({ code: 'file_not_found' })
})

test('in an album they are told by the faces of the album', async () => {
  const { scan_id } = await storedScan(store, 2)
  const inCorner = { box: boxAt(0) }
  await store.scans.append(scan_id, 0, [
    { ...match(scan_id, 'a'), ...inCorner },
    { ...match(scan_id, 'b'), ...inCorner },
  ])
  const album = { album_id: 'party', keep_faces_until: Date.now() + 60_000 }
  for (const file_id of ['a', 'b']) {
    const about = { md5: 'm', engine_id: 'engine', folder_id: 'album:party', width: 1, height: 1 }
    await store.faces.put({
      ...about,
      file_id: albumFaceId(album.album_id, file_id),
      faces: [faceAt(0, 1)],
      thumbnail: undefined,
      expire_at: album.keep_faces_until,
    })
  }
  expect(await photosOfSameFace({ scan_id, album }, 'b', { store, matchDistance: 0.45 })).toEqual(['b', 'a'])
})

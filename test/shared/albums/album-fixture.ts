import { randomBytes } from 'node:crypto'
import { type AlbumIndexes, albumIndexes, filesOf } from '../../../shared/albums/album-index.ts'
import type { AlbumsDeps } from '../../../shared/albums/albums.ts'
import { indexPhotos } from '../../../shared/albums/index-photos.ts'
import type { RefreshDeps } from '../../../shared/albums/refresh.ts'
import type { SearchDeps } from '../../../shared/albums/search.ts'
import { AppError } from '../../../shared/contract/app-error.ts'
import type { QueuedTask, Task } from '../../../shared/contract/task.ts'
import type { Drive, DriveFile, OrganiserDrive } from '../../../shared/drive/port.ts'
import type { FaceEngine } from '../../../shared/face/port.ts'
import { type MatchDeps, matchFile } from '../../../shared/scan/match-file.ts'
import { tokenCipher } from '../../../shared/scan/secrets/token-cipher.ts'
import type { Store } from '../../../shared/store/port.ts'
import { idleQueue, newProcess } from '../scan/scan-fixture.ts'

/** A photo of a folder. The engine, a mock, finds the people by their numbers: same number, same person. */
export interface Photo {
  people: number[]
  /** Changes with the content. */
  md5?: string
  error?: AppError
}

const PEOPLE = 8
export const SELFIE = (person: number) => Buffer.from(JSON.stringify([person])).toString('base64')

function descriptorOf(person: number): Float32Array {
  const descriptor = new Float32Array(PEOPLE * 16)
  descriptor[person] = 1
  return descriptor
}

const face: FaceEngine = {
  id: 'engine',
  ready: async () => {},
  close: async () => {},
  async analyse(image) {
    const people: number[] = JSON.parse(new TextDecoder().decode(image))
    const about = { score: 1, landmarks: new Float32Array(), box: { x: 1, y: 1, width: 9, height: 9 } }
    const faces = people.map((person) => ({ ...about, descriptor: descriptorOf(person) }))
    return { width: 100, height: 100, faces, thumbnail: new Uint8Array([1, 2, 3]) }
  },
}

/** An organiser's folder that a test changes, and a process that indexes and searches it. */
export function albumProcess(store: Store, now: () => number = Date.now) {
  const folder = new Map<string, Photo>()
  const published: QueuedTask[] = []
  const downloads: string[] = []
  const listed = ([id, { md5 = 'v1' }]: [string, Photo]): DriveFile => {
    return { id, name: `${id}.jpg`, mime_type: 'image/jpeg', md5 }
  }
  let refused: AppError | undefined
  const organiser: OrganiserDrive = {
    authorisation: 'directory',
    parseLink: (link) => ({ id: link }),
    folderName: async () => 'Wedding',
    async listImages() {
      if (refused) throw refused
      return [...folder].map(listed)
    },
    async download({ id }) {
      if (refused) throw refused
      downloads.push(id)
      const photo = folder.get(id)
      if (photo?.error) throw photo.error
      if (!photo) throw new AppError('file_not_found', 'The file no longer exists.')
      return new TextEncoder().encode(JSON.stringify(photo.people))
    },
    open: () => Promise.reject(new Error('nobody opens a photo in these tests')),
  }
  const indexes: AlbumIndexes = albumIndexes(store.albums)
  const deps = {
    ...newProcess(now),
    store,
    organiser,
    queue: idleQueue(published),
    albumIndexes: indexes,
    albums: indexPhotos({ store, albumIndexes: indexes, now }),
    face,
    drive: { downloadUrl: () => '' } as unknown as Drive,
    cipher: tokenCipher(randomBytes(32).toString('base64')),
    photoUrl: (...parts: string[]) => `https://photos.test/${parts.join('/')}`,
    maxFiles: 10_000,
    window: 4,
  } satisfies AlbumsDeps & RefreshDeps & SearchDeps & MatchDeps

  return {
    deps,
    folder,
    published,
    downloads,
    /** From now on every call of the Drive fails like this. */
    refuse(error: AppError | undefined) {
      refused = error
    },
    /** Works on what is published until nothing is left, or `most` tasks are done. */
    async work(most = Infinity): Promise<number> {
      let done = 0
      for (let task = published.shift(); task; task = published.shift()) {
        await matchFile(task as Task, { attempt: 1 }, deps)
        if (++done === most) break
      }
      return done
    },
    async photos(albumId: string): Promise<string[]> {
      const index = await albumIndexes(store.albums).read(albumId, 0)
      return [...filesOf(index)].map(({ file }) => file.id).sort()
    },
  }
}

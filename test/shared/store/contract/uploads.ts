import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { UploadStore } from '../../../../shared/store/uploads-port.ts'
import type { Open, OpenStore } from '../open-store.ts'

const CONTENT = { destination: 'google folder-1', sha256: 'ab'.repeat(32) }

/** What the uploads of every store adapter promise. */
export function uploadsContract(name: string, open: Open): void {
  describe(`the uploads on ${name}`, () => {
    let opened: OpenStore
    let uploads: UploadStore

    beforeEach(async () => {
      opened = await open(Date.now)
      uploads = opened.store.uploads
    })
    afterEach(() => opened.close())

    test('have one id for each content and destination, until it is replaced', async () => {
      const elsewhere = { ...CONTENT, destination: 'disk' }
      expect(await uploads.get(CONTENT)).toBeUndefined()
      const ids = ['a', 'b', 'c', 'd']
      const reserved = await Promise.all(ids.map((id) => uploads.reserve(CONTENT, id)))
      expect(new Set(reserved).size).toBe(1)
      expect(await uploads.get(CONTENT)).toBe(reserved[0])
      expect(await uploads.get(elsewhere)).toBeUndefined()
      expect(await uploads.reserve(elsewhere, 'e')).toBe('e')
      await uploads.replace(CONTENT, 'f')
      expect([await uploads.get(CONTENT), await uploads.reserve(CONTENT, 'g')]).toEqual(['f', 'f'])
    })
  })
}

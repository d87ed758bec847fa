import { expect, test } from '@jest/globals'
import { choosePhotos } from '../../../functions/local/photos.ts'
import { parseConfig } from '../../../shared/platform/config.ts'
import { temporaryDir } from '../../temporary-dir.ts'

const DATA_DIR = await temporaryDir()
const CLIENT = {
  GOOGLE_CLIENT_ID: 'id',
  GOOGLE_CLIENT_SECRET: 'secret',
  GOOGLE_REDIRECT_URI: 'https://a.example',
}

test.each([{ GOOGLE_API_KEY: 'AIza-the-key' }, CLIENT])(
  'with %j the photos are on Google Drive',
  async (env) => {
    expect(await choosePhotos(parseConfig({ DATA_DIR, ...env }))).toBeUndefined()
  },
)

test('a directory that is named comes before Google Drive', async () => {
  const config = parseConfig({ DATA_DIR, PHOTOS_DIR: DATA_DIR, GOOGLE_API_KEY: 'AIza-the-key', ...CLIENT })
  expect(await choosePhotos(config)).toEqual({ dir: DATA_DIR })
})

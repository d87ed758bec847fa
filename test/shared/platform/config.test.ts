import { expect, test } from '@jest/globals'
import { ConfigError, parseConfig } from '../../../shared/platform/config.ts'

test('an empty environment gives the documented defaults', () => {
  expect(parseConfig({})).toMatchObject({
    PORT: 8000,
    HOST: '127.0.0.1',
    DATA_DIR: '.data',
    SCAN_MAX_FILES: 20_000,
    MATCH_DISTANCE: 0.45,
    UPDATES_BROADCAST: true,
    OAUTHLIB_INSECURE_TRANSPORT: false,
  })
})

test('empty variables count as not set', () => {
  expect(parseConfig({ PORT: '', PHOTOS_DIR: '' })).toMatchObject({ PORT: 8000 })
})

test('every invalid variable is named, without its value', () => {
  const wrong = () => parseConfig({ PORT: 'eighty', MATCH_DISTANCE: '-1', GOOGLE_API_ROOT: 'secret-value' })
  expect(wrong).toThrow(ConfigError)
  expect(wrong).toThrow(/PORT:[\s\S]*MATCH_DISTANCE:[\s\S]*GOOGLE_API_ROOT:/)
  expect(wrong).not.toThrow(/secret-value/)
})

test('lists are split and trimmed', () => {
  expect(parseConfig({ ALLOWED_ORIGINS: 'https://a.example, https://b.example,' }).ALLOWED_ORIGINS).toEqual([
    'https://a.example',
    'https://b.example',
  ])
})

test('names of hosts are taken as browsers send them', () => {
  const names = (text: string) => parseConfig({ ALLOWED_HOSTS: text }).ALLOWED_HOSTS
  expect(names('Photos.Example., fotos.münchen.example')).toEqual([
    'photos.example',
    'fotos.xn--mnchen-3ya.example',
  ])
  expect(names('*')).toEqual(['*'])
})

test.each(['https://photos.example', 'photos.example:443', 'photos.example/', '*.example', 'a b', 'a,*'])(
  'a name of a host that no request can have is refused: %j',
  (text) => {
    expect(() => parseConfig({ ALLOWED_HOSTS: text })).toThrow(/ALLOWED_HOSTS: must be host names/)
  },
)

import { describe, expect, test } from '@jest/globals'
import { idOfPath } from '../../../shared/drive/ids.ts'
import { isLocalLink, parseGoogleLink } from '../../../shared/drive/links.ts'

const ID = '1AbC-dEf_0123456789ghijklmnopqrst'

describe('a Google Drive link', () => {
  test.each([
    `https://drive.google.com/drive/folders/${ID}`,
    `http://drive.google.com/drive/folders/${ID}`,
    `drive.google.com/drive/folders/${ID}`,
    `https://DRIVE.google.com/drive/folders/${ID}`,
    `https://drive.google.com/drive/folders/${ID}/`,
    `https://drive.google.com/drive/folders/${ID}?usp=sharing`,
    `https://drive.google.com/drive/folders/${ID}/?usp=drive_link#grid`,
    `https://drive.google.com/drive/folders/${ID}#list`,
    `https://drive.google.com/drive/u/0/folders/${ID}`,
    `https://drive.google.com/drive/u/1/folders/${ID}?usp=sharing&pli=1`,
    `https://drive.google.com/drive/mobile/folders/${ID}`,
    `https://drive.google.com/a/example.com/drive/folders/${ID}`,
    `https://drive.google.com/open?id=${ID}`,
    `https://drive.google.com/open?usp=drive_fs&id=${ID}&authuser=0`,
    `https://drive.google.com/?id=${ID}`,
    `https://drive.google.com/folderview?id=${ID}&usp=sharing`,
    `  https://drive.google.com/drive/folders/${ID}\n`,
    ID,
    `\t${ID} `,
  ])('%j names its folder', (link) => {
    expect(parseGoogleLink(link)).toEqual({ id: ID })
  })

  test.each([
    `https://drive.google.com/drive/folders/${ID}?resourcekey=0-aB_cd12`,
    `https://drive.google.com/drive/u/2/folders/${ID}/?usp=sharing&resourcekey=0-aB_cd12#x`,
    `https://drive.google.com/open?id=${ID}&resourceKey=0-aB_cd12`,
  ])('%j has its resource key', (link) => {
    expect(parseGoogleLink(link)).toEqual({ id: ID, resource_key: '0-aB_cd12' })
  })

  test('with an empty resource key is read without one', () => {
    expect(parseGoogleLink(`https://drive.google.com/open?id=${ID}&resourcekey=`)).toEqual({ id: ID })
  })

  test.each([
    ['another host', `https://example.com/drive/folders/${ID}`],
    ['plain http to another host', `http://example.com/drive/folders/${ID}`],
    ['a host that starts with it', `https://drive.google.com.example.com/drive/folders/${ID}`],
    ['a host that ends with it', `https://notdrive.google.com/drive/folders/${ID}`],
    ['a user name that looks like the host', `https://drive.google.com@example.com/drive/folders/${ID}`],
    ['another port', `https://drive.google.com:8443/drive/folders/${ID}`],
    ['a script', `javascript:alert("drive.google.com/drive/folders/${ID}")`],
    ['a data URI', `data:text/html,https://drive.google.com/drive/folders/${ID}`],
    ['another scheme', `ftp://drive.google.com/drive/folders/${ID}`],
    ['a local path', 'local:/holiday'],
    ['words', 'my holiday photos'],
    ['a short word', 'photos'],
    ['nothing', ''],
    ['blanks', '   '],
    ['a broken link', 'https://'],
  ])('is refused for %s', (_, link) => {
    expect(() => parseGoogleLink(link)).toThrow(
      expect.objectContaining({
        code: 'invalid_link',
        message: expect.stringContaining('not a Google Drive'),
      }),
    )
  })

  test.each([
    `https://drive.google.com/file/d/${ID}/view?usp=sharing`,
    `https://drive.google.com/a/example.com/file/d/${ID}/view`,
    `https://drive.google.com/uc?id=${ID}&export=download`,
    `https://drive.google.com/thumbnail?id=${ID}`,
  ])('is refused if it is for a single file: %j', (link) => {
    expect(() => parseGoogleLink(link)).toThrow(
      expect.objectContaining({ code: 'invalid_link', message: expect.stringContaining('single file') }),
    )
  })

  test.each([
    'https://drive.google.com/',
    'https://drive.google.com/drive/my-drive',
    'https://drive.google.com/drive/folders',
    'https://drive.google.com/drive/folders/',
    'https://drive.google.com/open?id=',
    'https://drive.google.com/drive/folders/..%2F..%2Fetc',
    "https://drive.google.com/open?id=x'%20in%20parents",
  ])('is refused if it is not for a folder: %j', (link) => {
    expect(() => parseGoogleLink(link)).toThrow(
      expect.objectContaining({ code: 'invalid_link', message: expect.stringContaining('not for a folder') }),
    )
  })

  test('is refused if its resource key is not valid in a header', () => {
    expect(() => parseGoogleLink(`https://drive.google.com/open?id=${ID}&resourcekey=a%0d%0ab`)).toThrow(
      expect.objectContaining({ code: 'invalid_link' }),
    )
  })
})

test.each([
  ['local:/', true],
  ['local:/holiday', true],
  ['local:holiday', true],
  [idOfPath('holiday'), true],
  [`https://drive.google.com/drive/folders/${idOfPath('holiday')}`, true],
  [`https://drive.google.com/drive/folders/${ID}`, false],
  [ID, false],
])('%j is a link to the directory Drive: %s', (link, local) => {
  expect(isLocalLink(link)).toBe(local)
})

test('what is no link at all is refused', () => {
  expect(() => isLocalLink('holiday photos')).toThrow(expect.objectContaining({ code: 'invalid_link' }))
})

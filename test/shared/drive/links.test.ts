import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
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
    `https://drive.google.com/embeddedfolderview?id=${ID}#grid`,
    `https://drive.google.com/drive/mobile/folders/1PaReNt_0123456789abcdefghijklmnop/${ID}?sort=13`,
    `https://drive.google.com/drive/mobile/folders/1GrAnDpArEnT/1PaReNt_0123456789abcdef/${ID}/?sort=13&direction=a`,
    `https://drive.google.com/drive/folders/${ID}/edit`,
    `https://docs.google.com/folderview?id=${ID}&usp=sharing`,
    `https://docs.google.com/folderview?pli=1&usp=drive_web&id=${ID}#list`,
    `https://docs.google.com/open?id=${ID}`,
    `https://docs.google.com/folder/d/${ID}/edit`,
    `https://docs.google.com/a/example.com/folder/d/${ID}/edit?usp=sharing`,
    `https://drive.google.com/folder/d/${ID}`,
    `https://docs.google.com/#folders/folder.0.${ID}`,
    `https://drive.google.com/#folders/${ID}`,
    `https://drive.google.com/drive/#folders/${ID}`,
    `https://drive.google.com/drive/u/0/?tab=mo#folders/1PaReNt_0123456789abcdef/${ID}`,
    `https://drive.google.com/drive/folders/${ID}&usp=sharing`,
    `https://drive.google.com/drive/folders/${ID}&amp;usp=sharing`,
    `https://www.drive.google.com/drive/folders/${ID}`,
    `www.drive.google.com/drive/folders/${ID}`,
    `docs.google.com/folder/d/${ID}`,
    `https://drive.google.com/drive/folders/${ID}.`,
    `https://drive.google.com/drive/folders/${ID}?usp=sharing.`,
    `https://drive.google.com/open?id=${ID}.`,
    `https://drive.google.com/drive/folders/${ID}…`,
    `https://drive.google.com/drive/folders/${ID}%20`,
    `https://drive.google.com/drive/folders/${ID}%E2%80%8B`,
    `https://drive.google.com/drive/folders/${ID.slice(0, 12)}%E2%80%8B${ID.slice(12)}`,
    `https://drive.google.com/drive/folders/${ID}%3Fusp%3Dsharing`,
    `http://https://drive.google.com/drive/folders/${ID}`,
    `<iframe src="https://drive.google.com/embeddedfolderview?id=${ID}#list" width="9">`,
    `https://drive.google.com/drive/folders/${ID}です`,
    `(https://drive.google.com/drive/folders/${ID})`,
    `<https://drive.google.com/drive/folders/${ID}>`,
    `"https://drive.google.com/drive/folders/${ID}"`,
    `'https://drive.google.com/drive/folders/${ID}'`,
    `„https://drive.google.com/drive/folders/${ID}“`,
    `[Photos](https://drive.google.com/drive/folders/${ID}?usp=sharing), thanks`,
    `<a href="https://drive.google.com/open?id=${ID}&amp;authuser=0">Photos</a>`,
    `Link:https://drive.google.com/drive/folders/${ID}`,
    `Our photos 100% (drive.google.com/drive/folders/${ID}) of https://example.com/wedding`,
    `写真はhttps://drive.google.com/drive/folders/${ID}?usp=sharing を見て`,
    `https://drive.google.com/drive/folders/${ID}\nhttps://drive.google.com/drive/folders/1AnOtHeR_0123456789`,
    `https://drive.google.com/file/d/1FiLe_0123456789/view and https://drive.google.com/drive/folders/${ID}`,
    `https://drive.google.com/drive/folders/\u200b${ID.slice(0, 9)}\u2060${ID.slice(9)}\ufeff`,
    `\u202ahttps://drive.google.com/drive/folders/${ID}\u202c`,
    `"${ID}"`,
    `(${ID}).`,
    `\u200b${ID}\u200b`,
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
    `https://drive.google.com/drive/folders/${ID}&resourcekey=0-aB_cd12&usp=sharing`,
    `https://drive.google.com/drive/mobile/folders/1PaReNt_0123456789/${ID}?resourcekey=0-aB_cd12.`,
    `https://www.google.com/url?q=https%3A%2F%2Fdrive.google.com%2Fopen%3Fid%3D${ID}%26resourcekey%3D0-aB_cd12&sa=D`,
  ])('%j has its resource key', (link) => {
    expect(parseGoogleLink(link)).toEqual({ id: ID, resource_key: '0-aB_cd12' })
  })

  test('with an empty resource key is read without one', () => {
    expect(parseGoogleLink(`https://drive.google.com/open?id=${ID}&resourcekey=`)).toEqual({ id: ID })
  })

  const FOLDER = `https://drive.google.com/drive/folders/${ID}?usp=sharing`
  const encoded = encodeURIComponent(FOLDER)
  const redirected = `https://www.google.com/url?sa=t&q=${encoded}&usg=AOvVaw0`
  test.each([
    redirected,
    `https://www.google.com/url?url=${FOLDER}&sa=D`,
    `https://eur01.safelinks.protection.outlook.com/?url=${encoded}&data=05%7C02%7C%7C1&reserved=0`,
    `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(redirected)}&data=05%7C02`,
    `https://l.facebook.com/l.php?u=${encoded}&h=AT0`,
    `https://accounts.google.com/ServiceLogin?service=wise&continue=${encoded}`,
    `https://urldefense.com/v3/__${FOLDER}__;!!abc!def$`,
    `Photos <${redirected}>, please look`,
  ])('is found in %j', (link) => {
    expect(parseGoogleLink(link)).toEqual({ id: ID })
  })

  test.each([
    ['another host', `https://example.com/drive/folders/${ID}`],
    ['plain http to another host', `http://example.com/drive/folders/${ID}`],
    ['a host that starts with it', `https://drive.google.com.example.com/drive/folders/${ID}`],
    ['a host that ends with it', `https://notdrive.google.com/drive/folders/${ID}`],
    ['a user name that looks like the host', `https://drive.google.com@example.com/drive/folders/${ID}`],
    ['another port', `https://drive.google.com:8443/drive/folders/${ID}`],
    ['a host without a scheme', `example.com/drive/folders/${ID}`],
    [
      'a link inside of which is another host',
      `https://www.google.com/url?q=https%3A%2F%2Fexample.com%2F${ID}`,
    ],
    ['an album of Google Photos', 'https://photos.google.com/share/AF1QipN0123456789?key=abc'],
    ['the short link of such an album', 'https://photos.app.goo.gl/AbCdEfGh12345678'],
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
    `https://docs.google.com/document/d/${ID}/edit`,
    `https://docs.google.com/spreadsheets/u/0/d/${ID}/edit#gid=0`,
    `https://drive.usercontent.google.com/download?id=${ID}`,
    `Look: <https://drive.google.com/file/d/${ID}/view>`,
    `https://www.google.com/url?q=https%3A%2F%2Fdrive.google.com%2Ffile%2Fd%2F${ID}%2Fview`,
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
    'https://drive.google.com/drive/#folders/',
    'https://drive.google.com/drive/folders/1AbCdEfGhI–0123456789',
    'https://docs.google.com/folder/d/',
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

describe('whatever is pasted', () => {
  const id = fc
    .tuple(fc.constantFrom('1', '0B', '0A'), fc.stringMatching(/^[\w-]{17,40}$/))
    .map((parts) => parts.join(''))
  const link = fc.constantFrom<(id: string) => string>(
    (id) => `https://drive.google.com/drive/folders/${id}`,
    (id) => `https://drive.google.com/drive/u/1/folders/${id}?usp=sharing`,
    (id) => `https://drive.google.com/drive/folders/${id}&usp=sharing`,
    (id) => `https://drive.google.com/drive/mobile/folders/1PaReNt_0123456789/${id}?sort=13`,
    (id) => `https://drive.google.com/#folders/${id}`,
    (id) => `https://drive.google.com/open?id=${id}`,
    (id) => `https://docs.google.com/folder/d/${id}/edit`,
    (id) => `drive.google.com/drive/folders/${id}`,
  )
  const wrapped = fc.constantFrom<(link: string) => string>(
    (link) => link,
    (link) => `(${link})`,
    (link) => `"${link}".`,
    (link) => `<${link}>`,
    (link) => `[${link}](${link})`,
    (link) => `'${link}'!`,
    (link) => `https://www.google.com/url?q=${encodeURIComponent(link)}&sa=D`,
    (link) => `https://nam02.safelinks.protection.outlook.com/?url=${encodeURIComponent(link)}&data=05%7C02`,
  )
  const text = fc.stringMatching(/^[A-Za-zäß写真 .,!?%&#:;/\n-]{0,40}$/)

  test('the id of a link comes out of any text around it', () => {
    fc.assert(
      fc.property(id, link, wrapped, text, text, (id, link, wrap, before, after) => {
        expect(parseGoogleLink(`${before} ${wrap(link(id))} ${after}`)).toEqual({ id })
      }),
    )
  })

  test('invisible characters change nothing, wherever they are', () => {
    const invisible = fc.constantFrom('\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u202a', '\u200e')
    fc.assert(
      fc.property(id, link, fc.array(fc.tuple(fc.nat(), invisible)), (id, link, inserted) => {
        let pasted = link(id)
        for (const [place, character] of inserted) {
          const at = place % (pasted.length + 1)
          pasted = pasted.slice(0, at) + character + pasted.slice(at)
        }
        expect(parseGoogleLink(pasted)).toEqual({ id })
      }),
    )
  })

  test('it is a folder with a plain id and key, or refused', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ...[
          'https://',
          'drive.google.com',
          '/drive/folders/',
          '?id=',
          '#folders/',
          '%2F',
          '%',
          '&resourcekey=',
        ],
        ...['docs.google.com/folder/d/', 'local_', "'", '..', ID, ' ', 'javascript:', 'data:,'],
      ),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          const { id, resource_key = 'none' } = parseGoogleLink(pieces.join(''))
          expect([id, resource_key]).toEqual([
            expect.stringMatching(/^[\w-]{1,2000}$/),
            expect.stringMatching(/^[\w-]{1,2000}$/),
          ])
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_link' })
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([
    'https://',
    'drive.google.com/',
    'https://a/?b=',
    '%25',
    'https%3A%2F%2F',
    '/folders/',
    "'",
    '\u200b',
    '.',
    '(',
  ])('a long text of %j is soon refused', (piece) => {
    const before = process.cpuUsage()
    expect(() => parseGoogleLink(`${piece.repeat(8190 / piece.length)} a`)).toThrow()
    expect(process.cpuUsage(before).user).toBeLessThan(200_000)
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

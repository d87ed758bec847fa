import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { DEPLOYABLES, SEE_FACES } from '../../../infra/build/all.ts'
import { notices } from '../../../infra/build/third-party/notices.ts'
import { bundledPaths } from '../../../infra/build/third-party/packages.ts'
import { BUILD_TIMEOUT, built } from '../../built.ts'
import { ROOT } from '../deployed.ts'

/** What may be deployed without a second thought, and what asks for the way to replace it. */
const LICENCES = [
  'MIT',
  '(MIT OR CC0-1.0)',
  'ISC',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'CC-BY-3.0',
  'LGPL-3.0',
  'LGPL-3.0-or-later',
]

const isCycloneDx = cycloneDx()

interface Sbom {
  components: {
    name: string
    version: string
    purl: string
    hashes: { alg: string; content: string }[]
    licenses: { expression?: string; license?: { name: string } }[]
  }[]
}

describe('beside everything that is deployed', () => {
  let made: Awaited<ReturnType<typeof built>>
  beforeAll(async () => {
    made = await built()
  }, BUILD_TIMEOUT)

  const sbomOf = (name: string): Sbom =>
    JSON.parse(readFileSync(join(made.dist, name, 'sbom.cdx.json'), 'utf8'))
  const noticesOf = (name: string) => readFileSync(join(made.dist, name, 'THIRD_PARTY_NOTICES.txt'), 'utf8')
  const named = (name: string) => sbomOf(name).components.map((component) => component.name)

  test.each([...DEPLOYABLES, 'web'])(
    '%s: a CycloneDX list of packages, each with hash and licence',
    (name) => {
      const { components, ...rest } = sbomOf(name)
      isCycloneDx({ components, ...rest })
      expect(isCycloneDx.errors).toBeNull()
      const licences = components.flatMap(({ licenses }) =>
        licenses.map(({ expression, license }) => expression ?? license?.name),
      )
      expect(licences).toHaveLength(components.length)
      expect(licences.filter((licence = '') => !LICENCES.includes(licence))).toEqual([])
      const hashes = components.flatMap(({ hashes }) => hashes.map(({ content }) => content.length))
      expect(new Set(hashes)).toEqual(new Set([128]))
    },
  )

  test.each(DEPLOYABLES)('%s: of every package whose code is in it', (name) => {
    const listed = new Set(named(name))
    const paths = [...bundledPaths(made.bundles[name].outputs)]
    expect(paths.length).toBeGreaterThan(5)
    const names = paths.map((path) => path.slice(path.lastIndexOf('node_modules/') + 13))
    expect(names.filter((name) => !listed.has(name))).toEqual([])
  })

  test('the functions that see faces list what their platform installs, and no other does', () => {
    const installed = ['@img/sharp-libvips-linux-x64', 'libheif-js', 'onnxruntime-node', 'sharp']
    for (const name of DEPLOYABLES) {
      expect(named(name).filter((listed) => installed.includes(listed))).toEqual(
        SEE_FACES.includes(name)
          ? installed
          : installed.filter((listed) => name === 'preview' && listed !== 'onnxruntime-node'),
      )
    }
    expect(named('face-match').filter((listed) => /win32|darwin|arm64|wasm32/.test(listed))).toEqual([])
  })

  test.each(SEE_FACES)('%s: the licences, with how to replace what is under the LGPL', (name) => {
    const text = noticesOf(name)
    expect(text).toMatch(/libheif-js \S+ is under the LGPL-3\.0\.\n.*npm install libheif-js@VERSION/s)
    expect(text).toMatch(/sharp-libvips-linux-x64 \S+ is under the LGPL-3\.0-or-later\.\n.*libvips-cpp\.so/s)
    expect(text).toContain('GNU LESSER GENERAL PUBLIC LICENSE')
    expect(text).toMatch(/MobileFaceNet\n\nmobilefacenet\.onnx is made from .*MIT License/s)
    expect(text).toMatch(/\n@vladmandic\/face-api \S+\nLicence: MIT\n/)
  })

  test.each([...DEPLOYABLES, 'web'])('%s: a text for each package of its list', (name) => {
    const text = noticesOf(name)
    const titles = sbomOf(name).components.map(({ name, version }) => `\n${name} ${version}\nLicence: `)
    expect(titles.filter((title) => !text.includes(title))).toEqual([])
  })
})

test('a library under the LGPL that nobody has said how to replace ends the build', () => {
  const library = { name: 'a', version: '1.0.0', path: 'node_modules/a', url: '', sha512: '' }
  expect(() => notices([{ ...library, license: 'MIT OR LGPL-2.1' }], { root: ROOT })).toThrow(
    'a is under the MIT OR LGPL-2.1: say in notices.ts how to replace it',
  )
})

/** The format's own schema, from the library's package. */
function cycloneDx() {
  const require = createRequire(
    createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'),
  )
  const schema = (name: string) => require(`./res/schema/${name}.SNAPSHOT.schema.json`)
  const ajv = new Ajv({ strict: false, validateFormats: false })
  for (const name of ['spdx', 'jsf-0.82'])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  return ajv.compile(schema('bom-1.6'))
}

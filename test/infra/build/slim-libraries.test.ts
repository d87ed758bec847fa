import { expect, test } from '@jest/globals'
import { checkPatches } from '../../../infra/build/slim-libraries.ts'

test('a pattern that matches no library any more ends the build and is named', () => {
  expect(() => checkPatches(['protobuf descriptors'])).toThrow(
    /slim-libraries\.ts that match no file.*\n {2}renderers of qrcode: \/.*qrcode/s,
  )
  expect(() => checkPatches(['renderers of qrcode'])).toThrow('protobuf descriptors')
})

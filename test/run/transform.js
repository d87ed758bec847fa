// JavaScript, since Jest loads it before it can read TypeScript.
import swc from '@swc/jest'

/**
 * Jest runs modules in a context of their own, where every look at a global takes 0.2 µs: for code that goes through the
 * pixels of a photo that is most of its time. A name of the module takes a hundredth of it. None of what fake timers and
 * spies replace is here.
 */
const NAMES =
  'Array, Buffer, Float32Array, Infinity, Map, Math, NaN, Number, Object, Promise, Set, String, Uint8Array'
/** On the first line, so that all lines keep their numbers. */
const BOUND = `const { ${NAMES} } = globalThis; `

export function createTransformer(options) {
  const { process, processAsync, getCacheKey, ...rest } = swc.createTransformer(options)
  /** Leaves the CommonJS of what runs before the tests as it is: it uses globals before the first line. */
  const bind = (transform) => (source, file, how) =>
    transform(how.supportsStaticESM ? BOUND + source : source, file, how)
  return {
    ...rest,
    process: bind(process),
    processAsync: bind(processAsync),
    getCacheKey: bind(getCacheKey),
  }
}

export default { createTransformer }

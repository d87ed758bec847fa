import { createRequire, registerHooks } from 'node:module'
import { dirname, join } from 'node:path'
import util from 'node:util'
import type * as Wasm from '@tensorflow/tfjs-backend-wasm'
import type * as Core from '@tensorflow/tfjs-core'
import type * as Api from '@vladmandic/face-api'

/** face-api's types leave out the part of tfjs that chooses the backend. */
export type FaceApi = typeof Api & {
  tf: { ready(): Promise<void>; setBackend(name: string): Promise<boolean> }
}

const require = createRequire(import.meta.url)

const NATIVE = '@tensorflow/tfjs-node'
const CORE = '@tensorflow/tfjs-core'
const WASM = '@tensorflow/tfjs-backend-wasm'

/** What to tell somebody who chose this engine where it cannot run. */
export const RUNTIME_MISSING = `tfjs needs TensorFlow.js, which is not installed: npm install ${NATIVE}`

/** Whether `loadFaceApi` finds a runtime. */
export function isRuntimeInstalled(): boolean {
  return isInstalled(NATIVE) || (isInstalled(CORE) && isInstalled(WASM))
}

/**
 * face-api on tfjs-node where it is installed, otherwise on tfjs's WebAssembly backend with one thread, which is a
 * development dependency for tests and benchmarks. Throws where neither is installed.
 */
export async function loadFaceApi(): Promise<FaceApi> {
  if (!isRuntimeInstalled()) throw new Error(RUNTIME_MISSING)
  return isInstalled(NATIVE) ? loadNative() : loadWasm()
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

async function loadNative(): Promise<FaceApi> {
  // tfjs-node 4.22 still calls what Node 23 removed (tensorflow/tfjs#8609).
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean }
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined
  require(NATIVE)
  const faceapi: FaceApi = require('@vladmandic/face-api/dist/face-api.node.js')
  await faceapi.tf.ready()
  return faceapi
}

async function loadWasm(): Promise<FaceApi> {
  const wasm: typeof Wasm = require(WASM)
  wasm.setWasmPaths(`${join(dirname(require.resolve(`${WASM}/package.json`)), 'dist')}/`)
  wasm.setThreadsCount(1)
  addMethods(require(CORE))
  // The whole of tfjs takes 220 MB more than its core, which has all that face-api computes with.
  const hooks = registerHooks({
    resolve: (name, context, next) => next(name === '@tensorflow/tfjs' ? CORE : name, context),
  })
  const faceapi: FaceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js')
  hooks.deregister()
  await faceapi.tf.setBackend('wasm')
  await faceapi.tf.ready()
  return faceapi
}

type Operation = (tensor: Core.Tensor, ...rest: unknown[]) => unknown

/** face-api calls operations as methods of tensors, which the whole of tfjs has and its core leaves out. */
function addMethods(core: typeof Core): void {
  const methods = core.Tensor.prototype as unknown as Record<string, unknown>
  for (const [name, value] of Object.entries(core)) {
    if (typeof value !== 'function' || name in methods) continue
    const operation = value as Operation
    methods[name] = function (this: Core.Tensor, ...rest: unknown[]) {
      return operation(this, ...rest)
    }
  }
  methods.as1D = function (this: Core.Tensor) {
    return core.reshape(this, [this.size])
  }
  for (const name of ['as2D', 'as3D', 'as4D']) {
    methods[name] = function (this: Core.Tensor, ...shape: number[]) {
      return core.reshape(this, shape)
    }
  }
  methods.toFloat = function (this: Core.Tensor) {
    return core.cast(this, 'float32')
  }
}

import { createRequire } from 'node:module'
import type { Detail, EngineName } from './model.ts'
import { modelsId } from './nets/models.ts'

/** Raise when a change of the code changes what the ONNX engine answers: decoding, detection, alignment. */
const PIPELINE = 2

/** See `FaceEngine.id`: changes with the engine, its weights, its settings and its code. */
export function engineId(options: { engine: EngineName; detail: Detail; modelsDir: string }): string {
  const { engine, detail, modelsDir } = options
  if (engine === 'onnx') return `onnx-${modelsId(modelsDir)}-${PIPELINE}-${detail}`
  // face-api looks at every photo in one way, and its version stands for weights and code.
  return `tfjs-${createRequire(import.meta.url)('@vladmandic/face-api/package.json').version}`
}

import { createFaceEngine } from '../../../shared/face/engine.ts'
import { temporaryDir } from '../../temporary-dir.ts'
import { faceEngineContract } from './contract.ts'

const modelsDir = await temporaryDir()

faceEngineContract('the ONNX engine', () =>
  createFaceEngine({ engine: 'onnx', detail: 'group', modelsDir, concurrency: 2, maxTasks: 1000 }),
)

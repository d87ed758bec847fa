import { createFaceEngine } from '../../../../shared/face/engine.ts'
import { faceEngineContract } from '../contract.ts'

faceEngineContract('face-api on tfjs', () =>
  createFaceEngine({ engine: 'tfjs', detail: 'fast', modelsDir: '', concurrency: 2, maxTasks: 1000 }),
)

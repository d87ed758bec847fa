import { afterAll } from '@jest/globals'
import { createFaceEngine } from '../../../shared/face/engine.ts'
import { faceEngineContract } from '../../shared/face/contract.ts'

// Run by jest for `npm run bench -- face --only contract`. In npm test this engine analyses a photo, and the oracle
// compares what it finds in eleven images with what the default engine's nets find.
const engine = createFaceEngine({
  engine: 'tfjs',
  detail: 'fast',
  nets: 'dlib',
  modelsDir: '',
  concurrency: 2,
  maxTasks: 1000,
})
afterAll(() => engine.close())

faceEngineContract('face-api on tfjs', engine, { descriptorLength: 128, confusesAlike: false })

import { previewOf } from '../image/preview.ts'
import { serveTasks } from './serve-tasks.ts'

export interface PreviewTask {
  image: Uint8Array
}

await serveTasks<PreviewTask, Uint8Array>(
  async () =>
    ({ image }) =>
      previewOf(image),
)

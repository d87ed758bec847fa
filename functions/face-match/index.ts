import { serveTasks } from '../../shared/platform/function/serve-tasks.ts'
import { openMatching } from '../../shared/platform/wiring/cloud.ts'
import { workOn } from '../../shared/scan/work.ts'

serveTasks('face-match', async (config, log) => {
  const deps = await openMatching(config, log)
  await deps.face.ready()
  return (task, delivery) => workOn(task, delivery, deps)
})

import { serveTasks } from '../../shared/platform/function/serve-tasks.ts'
import { openAdvancing } from '../../shared/platform/wiring/cloud.ts'
import { giveUp } from '../../shared/scan/work.ts'

serveTasks('face-match-dead-letter', async (config, log) => {
  const deps = await openAdvancing(config, log)
  return (task) => giveUp(task, deps)
})

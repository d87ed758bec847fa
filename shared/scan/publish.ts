import type { Task } from '../contract/task.ts'
import type { DriveFile } from '../drive/port.ts'
import type { TaskQueue } from '../queue/port.ts'
import type { ScanStore } from '../store/port.ts'

export interface PublishDeps {
  store: { scans: ScanStore }
  queue: TaskQueue
}

/** Publishes the files of a group that have no event yet. */
export async function publishGroup(scanId: string, group: number, deps: PublishDeps): Promise<number> {
  const { scans } = deps.store
  const [files, recorded] = await Promise.all([
    scans.groupFiles(scanId, group),
    scans.recordedFiles(scanId, group),
  ])
  const missing = files.filter((file) => !recorded.has(file.id))
  await deps.queue.publish(missing.map((file) => toTask(scanId, group, file)))
  return missing.length
}

function toTask(scanId: string, group: number, file: DriveFile): Task {
  return {
    scan_id: scanId,
    group,
    file_id: file.id,
    file_name: file.name,
    mime_type: file.mime_type,
    md5: file.md5,
    size: file.size,
    resource_key: file.resource_key,
  }
}

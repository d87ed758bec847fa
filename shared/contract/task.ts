import * as z from 'zod'

/** One file of a scan to be matched. */
export const Task = z.object({
  scan_id: z.uuid(),
  /** Index of the group of 100 files that this file belongs to. */
  group: z.int().min(0),
  file_id: z.string().min(1),
  file_name: z.string(),
  mime_type: z.string(),
  md5: z.string().optional(),
  size: z.int().min(0).optional(),
  resource_key: z.string().optional(),
})

/** The files of a scan that POST /scan had no time to list. */
export const ListTask = z.object({
  scan_id: z.uuid(),
  /** Index of the group that stands for them. */
  group: z.int().min(0),
  list: z.literal(true),
  file_id: z.never().optional(),
})

/** The content of a queue message. Never contains a token. */
export const QueuedTask = z.union([Task, ListTask])

export type Task = z.infer<typeof Task>
export type ListTask = z.infer<typeof ListTask>
export type QueuedTask = z.infer<typeof QueuedTask>

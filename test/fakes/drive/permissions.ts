import { Hono } from 'hono'
import * as z from 'zod'
import { ALL_DRIVES, access, COMMON, DRIVE_FLAG, jsonBody, parameters } from './caller.ts'
import { type Shape, selectFields } from './fields.ts'
import { GoogleError } from './google-error.ts'
import type { Items, Permission } from './items.ts'
import { PERMISSION, permissionResource } from './represent.ts'

const CREATE = { ...COMMON, ...ALL_DRIVES, sendNotificationEmail: DRIVE_FLAG.optional() }
const LIST: Shape = { kind: true, permissions: PERMISSION }
const PERMISSION_DEFAULT = 'kind,id,type,role'

const NewPermission = z
  .strictObject({
    type: z.enum(['user', 'group', 'domain', 'anyone']),
    role: z.enum(['reader', 'commenter', 'writer']),
    emailAddress: z.email().optional(),
    allowFileDiscovery: z.boolean().optional(),
  })
  .refine((permission) => (permission.type === 'anyone') === (permission.emailAddress === undefined), {
    message: 'a person or group needs an address, anyone has none',
  })

/** permissions.create, permissions.get and permissions.list. */
export function permissionRoutes(items: Items): Hono {
  const routes = new Hono()
  const path = '/drive/v3/files/:id/permissions'

  routes.post(path, async (c) => {
    const { supportsAllDrives, fields = PERMISSION_DEFAULT } = parameters(c, CREATE)
    const item = items.find(c.req.param('id'), access(c, supportsAllDrives))
    const asked = await jsonBody(c, NewPermission)
    if (!item.isOwn) {
      throw new GoogleError(
        403,
        'insufficientFilePermissions',
        'The user does not have sufficient permissions.',
      )
    }
    // The id depends on whom it is for, so a second call changes nothing.
    const id =
      asked.type === 'anyone' ? 'anyoneWithLink' : Buffer.from(asked.emailAddress ?? '').toString('hex')
    const permission: Permission = { id, ...asked }
    item.permissions = [...item.permissions.filter((other) => other.id !== id), permission]
    return c.json(selectFields(fields, PERMISSION, permissionResource(permission)))
  })

  routes.get(`${path}/:permission`, (c) => {
    const { supportsAllDrives, fields = PERMISSION_DEFAULT } = parameters(c, { ...COMMON, ...ALL_DRIVES })
    const item = items.find(c.req.param('id'), access(c, supportsAllDrives))
    const id = c.req.param('permission')
    const permission = item.permissions.find((other) => other.id === id)
    if (!permission) throw new GoogleError(404, 'notFound', `Permission not found: ${id}.`)
    return c.json(selectFields(fields, PERMISSION, permissionResource(permission)))
  })

  routes.get(path, (c) => {
    const { supportsAllDrives, fields = `kind,permissions(${PERMISSION_DEFAULT})` } = parameters(c, {
      ...COMMON,
      ...ALL_DRIVES,
    })
    const item = items.find(c.req.param('id'), access(c, supportsAllDrives))
    const list = { kind: 'drive#permissionList', permissions: item.permissions.map(permissionResource) }
    return c.json(selectFields(fields, LIST, list))
  })

  return routes
}

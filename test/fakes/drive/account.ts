import { Hono } from 'hono'
import { COMMON, caller, parameters, type Tokens } from './caller.ts'
import { type Shape, selectFields } from './fields.ts'
import { GoogleError } from './google-error.ts'

const USER_INFO: Shape = { id: true, email: true, verified_email: true }
const ABOUT: Shape = { kind: true, user: { kind: true, emailAddress: true } }

/** Who the caller is: userinfo and about.get. */
export function accountRoutes(tokens: Tokens): Hono {
  const routes = new Hono()

  routes.get('/oauth2/v2/userinfo', (c) => {
    const { fields = '*' } = parameters(c, COMMON)
    const user = { id: '100000000000000000001', email: caller(c, tokens), verified_email: true }
    return c.json(selectFields(fields, USER_INFO, user))
  })

  routes.get('/drive/v3/about', (c) => {
    const { fields } = parameters(c, COMMON)
    if (fields === undefined) {
      throw new GoogleError(400, 'required', "The 'fields' parameter is required for this method.")
    }
    const about = { kind: 'drive#about', user: { kind: 'drive#user', emailAddress: caller(c, tokens) } }
    return c.json(selectFields(fields, ABOUT, about))
  })

  return routes
}

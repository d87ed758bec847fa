import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { googleClient } from '../../../shared/google-auth/client-config.ts'
import { ConfigError, parseConfig } from '../../../shared/platform/config.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'google-client-'))
})
afterEach(() => rm(dir, { recursive: true }))

const clientOf = (env: Record<string, string>) => googleClient(parseConfig({ DATA_DIR: dir, ...env }))
const refusal = (env: Record<string, string>): string => {
  try {
    clientOf(env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('was not refused')
}
async function file(content: unknown, name = 'client.json'): Promise<string> {
  const path = join(dir, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const variables = {
  GOOGLE_CLIENT_ID: 'id.apps.googleusercontent.com',
  GOOGLE_CLIENT_SECRET: 'GOCSPX-secret',
  GOOGLE_REDIRECT_URI: 'https://photos.example.com/callback',
}
const secrets = {
  client_id: 'file.apps.googleusercontent.com',
  project_id: 'photos',
  auth_uri: 'https://accounts.google.com/o/oauth2/auth',
  token_uri: 'https://oauth2.googleapis.com/token',
  client_secret: 'GOCSPX-file',
}

describe('the Google client', () => {
  test('comes from the variables', () => {
    expect(clientOf(variables)).toEqual({
      client_id: 'id.apps.googleusercontent.com',
      client_secret: 'GOCSPX-secret',
      redirect_uri: 'https://photos.example.com/callback',
    })
  })

  test('is absent without configuration', () => {
    expect(clientOf({})).toBeUndefined()
  })

  test.each(['GOOGLE_CLIENT_SECRET', 'GOOGLE_REDIRECT_URI'])('is refused when half: no %s', (missing) => {
    expect(refusal({ ...variables, [missing]: '' })).toContain(missing)
  })

  test('comes from the file of a Web client', async () => {
    const redirect_uris = ['https://photos.example.com/callback', 'http://localhost:5173']
    const path = await file({ web: { ...secrets, redirect_uris } })
    expect(clientOf({ CLIENT_SECRETS_FILE: path })).toEqual({
      client_id: 'file.apps.googleusercontent.com',
      client_secret: 'GOCSPX-file',
      redirect_uri: 'https://photos.example.com/callback',
    })
  })

  test('comes from the file of a Desktop client, old forms included', async () => {
    const redirect_uris = ['urn:ietf:wg:oauth:2.0:oob', 'http://localhost']
    const path = await file({ installed: { ...secrets, redirect_uris } })
    expect(clientOf({ CLIENT_SECRETS_FILE: path })?.redirect_uri).toBe('http://localhost')
  })

  test('comes from client_secrets.json in DATA_DIR, when it is there', async () => {
    await file({ installed: { ...secrets, redirect_uris: ['http://localhost'] } }, 'client_secrets.json')
    expect(clientOf({})?.client_id).toBe('file.apps.googleusercontent.com')
  })

  test('prefers the variables to the file, and the redirect URI of the variables in any case', async () => {
    const path = await file({ web: { ...secrets, redirect_uris: ['https://other.example.com'] } })
    expect(clientOf({ ...variables, CLIENT_SECRETS_FILE: path })?.client_id).toBe(variables.GOOGLE_CLIENT_ID)
    const { GOOGLE_REDIRECT_URI } = variables
    expect(clientOf({ GOOGLE_REDIRECT_URI, CLIENT_SECRETS_FILE: path })).toMatchObject({
      client_id: 'file.apps.googleusercontent.com',
      redirect_uri: GOOGLE_REDIRECT_URI,
    })
  })

  test('needs a redirect URI from somewhere', async () => {
    const path = await file({ web: secrets })
    expect(refusal({ CLIENT_SECRETS_FILE: path })).toContain('GOOGLE_REDIRECT_URI')
  })

  test('is refused from a file that is missing, damaged or of another kind, without showing its content', async () => {
    const path = join(dir, 'client.json')
    expect(refusal({ CLIENT_SECRETS_FILE: path })).toContain(path)
    const contents = [
      '{"web": {"client_secret": "GOCSPX-file"',
      { type: 'service_account', private_key: 'GOCSPX-file' },
      { web: { client_secret: 'GOCSPX-file' } },
    ]
    for (const content of contents) {
      await file(content)
      const message = refusal({ CLIENT_SECRETS_FILE: path })
      expect(message).toContain(path)
      expect(message).not.toContain('GOCSPX-file')
    }
  })
})

describe('a redirect URI', () => {
  test.each([
    'https://photos.example.com/callback',
    'http://localhost:5173/callback',
    'http://127.0.0.1:8000',
    'http://127.1.2.3/callback',
    'http://[::1]:8000/callback',
  ])('may be %s', (uri) => {
    expect(clientOf({ ...variables, GOOGLE_REDIRECT_URI: uri })?.redirect_uri).toBe(uri)
  })

  test.each([
    'http://photos.example.com/callback',
    'http://192.168.1.20:8000',
    'http://localhost.example.com/callback',
    'http://127.0.0.1.example.com/callback',
  ])('is refused without OAUTHLIB_INSECURE_TRANSPORT: %s', (uri) => {
    const env = { ...variables, GOOGLE_REDIRECT_URI: uri }
    expect(refusal(env)).toContain('OAUTHLIB_INSECURE_TRANSPORT')
    expect(clientOf({ ...env, OAUTHLIB_INSECURE_TRANSPORT: '1' })?.redirect_uri).toBe(uri)
  })

  test.each(['ftp://photos.example.com', 'javascript:alert(1)'])('is never %s', (uri) => {
    expect(refusal({ ...variables, GOOGLE_REDIRECT_URI: uri, OAUTHLIB_INSECURE_TRANSPORT: '1' })).toContain(
      uri,
    )
  })

  test('of the file is judged like one of the variables', async () => {
    const path = await file({ web: { ...secrets, redirect_uris: ['http://photos.example.com'] } })
    expect(refusal({ CLIENT_SECRETS_FILE: path })).toContain('http://photos.example.com')
  })
})

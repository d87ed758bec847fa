import { http } from '@google-cloud/functions-framework'

http('empty', (_, response) => {
  response.end('ok')
})

import { en } from '../../../functions/web/text/en.ts'
import { formatsOf } from '../../../functions/web/text/formats.ts'

/** What the page says where no other language is asked for. */
export const text = en(formatsOf('en-US'))

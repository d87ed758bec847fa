import type { Translate } from './translation.ts'

const translate: Translate = () => ({})
export default translate

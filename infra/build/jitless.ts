import * as z from 'zod'

// zod writes and compiles a parser of its own per schema, which pays off after some hundred values. It decides when a
// schema is made, so this goes ahead of all that a deployable loads.
z.config({ jitless: true })

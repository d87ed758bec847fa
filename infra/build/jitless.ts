import * as z from 'zod'

// By default zod compiles a parser for every schema, which pays off after some hundred values. It decides that when a
// schema is created, so this module is loaded before everything else.
z.config({ jitless: true })

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How long a scan stays readable after its end. */
export const ENDED_LIFETIME = HOUR
/** A scan that has run this long ends: files without an event become errors. */
export const RUN_LIMIT = 6 * HOUR
/** How long a scan that never ended stays readable after its start: one hour beyond its latest regular end. */
export const RUNNING_LIFETIME = RUN_LIMIT + HOUR
/** A scan without progress for this long has its missing files published again. */
export const STALLED_AFTER = 10 * MINUTE

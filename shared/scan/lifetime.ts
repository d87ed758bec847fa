const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How long a scan that ended answers. */
export const ENDED_LIFETIME = HOUR
/** A scan that still runs after this ends its missing files as errors. */
export const RUN_LIMIT = 6 * HOUR
/** A scan that never ends is forgotten one hour after it should have been ended. */
export const RUNNING_LIFETIME = RUN_LIMIT + HOUR
/** Without progress for this long, a scan's missing files are published again. */
export const STALLED_AFTER = 10 * MINUTE

import { version } from 'zod/v4/core'

/** Whether the Zod under test is at least 4.`minor`; see `npm run test:zod-versions`. 3.25 holds 4.0. */
export const hasZod4 = (minor: number): boolean => version.minor >= minor

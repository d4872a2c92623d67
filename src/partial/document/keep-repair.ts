import { detached } from '../../json/detached.ts'
import type { Repair } from '../../types.ts'

/** Repairs that are listed for one answer. After that many the answer is noise, and a list of them only costs. */
const MAX_REPAIRS = 1000
/** Characters of a repair's `before` and `after` that are kept. */
const MAX_TEXT = 2000

/** Adds a repair to the list, as a copy that doesn't keep the answer's text alive; `before` and `after` are cut off where they are long. */
export function keepRepair(list: Repair[], repair: Repair): void {
  if (list.length > MAX_REPAIRS) return
  if (list.length === MAX_REPAIRS) {
    list.push({ kind: 'more-repairs', position: repair.position, before: '', after: '' })
    return
  }
  list.push({ ...repair, before: detached(repair.before, MAX_TEXT), after: detached(repair.after, MAX_TEXT) })
}

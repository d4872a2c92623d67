/**
 * The store's calls as Lua scripts, each of which Redis runs as one step. KEYS: the stream's `meta` (a hash) and `log`
 * (a Redis stream whose entries are `<offset>-0`). Times are milliseconds of Redis's own clock.
 *
 * The meta hash: `birth`, `epoch`, `state` (`open` or `ended`; `lost` follows from the clock), `until` (the end of the
 * lease), `lease`, `grace`, `ttl`, `last` (the number of events), `token` (of the claim), and `wanted` while no one
 * has cancelled: removing a field takes no memory, so a full Redis accepts it.
 */

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** The first argument of a script that writes: after this moment the caller no longer waits for it. */
const DEADLINE = `${CLOCK}
if tonumber(ARGV[1]) < now then return { 'late' } end
`

/** `state`, with `lost` where the clock says so. */
const STATE = `
local function stateOf(state, untilTime, grace)
  if state == 'open' and tonumber(untilTime) + tonumber(grace) <= now then return 'lost' end
  return state
end
`

/**
 * ARGV: deadline, lease, grace, ttl, takeover, token, birth, the mark of what may be replaced. Gives 'ok' with epoch,
 * last and birth, or 'taken'.
 */
const claim = `${DEADLINE}${STATE}
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'state', 'until', 'last', 'token', 'birth', 'grace')
local birth = ARGV[7]
local last = '0'
local isNew = true
if meta[1] then
  if meta[2] == 'open' and meta[5] == ARGV[6] then return { 'ok', meta[1], meta[4], meta[6] } end
  if stateOf(meta[2], meta[3], meta[7]) ~= 'open' then
    if ARGV[8] == '' or meta[6] ~= ARGV[8] then return { 'taken' } end
  elseif ARGV[5] == '1' and tonumber(meta[3]) <= now then
    isNew = false
    birth = meta[6]
    last = meta[4]
  else
    return { 'taken' }
  end
end
-- Microseconds of the clock, so that a producer of a stream that is gone differs from one of a later stream.
local clock = time[1] * 1000000 + time[2]
local epoch = string.format('%.0f', math.max(clock, tonumber(meta[1] or '0') + 1))
if isNew then redis.call('DEL', KEYS[1], KEYS[2]) end
redis.call('HSET', KEYS[1], 'epoch', epoch, 'state', 'open', 'until', now + ARGV[2], 'last', last,
  'lease', ARGV[2], 'grace', ARGV[3], 'ttl', ARGV[4], 'token', ARGV[6], 'birth', birth)
if isNew then redis.call('HSET', KEYS[1], 'wanted', '1') end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return { 'ok', epoch, last, birth }
`

/**
 * ARGV: deadline, epoch, end, channel, offset of the first event, the events' data. Gives 'ok' and the cancel flag, or
 * the refusal.
 */
const append = `${DEADLINE}${STATE}
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'state', 'last', 'lease', 'ttl', 'wanted', 'until', 'grace')
if not meta[1] then return { 'expired' } end
if meta[1] ~= ARGV[2] then return { 'taken' } end
local last = tonumber(meta[3])
local first = tonumber(ARGV[5])
local count = #ARGV - 5
local cancel = meta[6] and '0' or '1'
local state = stateOf(meta[2], meta[7], meta[8])
if state ~= 'open' then
  if state == 'ended' and count > 0 and first + count - 1 <= last then return { 'ok', cancel } end
  return { state }
end
if count > 0 and first > last + 1 then return { 'gap' } end
for i = 1, count do
  local offset = first + i - 1
  if offset > last then
    redis.call('XADD', KEYS[2], string.format('%.0f-0', offset), 'd', ARGV[5 + i])
    last = offset
  end
end
redis.call('HSET', KEYS[1], 'last', string.format('%.0f', last), 'until', now + meta[4])
if ARGV[3] == '1' then redis.call('HSET', KEYS[1], 'state', 'ended') end
redis.call('PEXPIRE', KEYS[1], meta[5])
redis.call('PEXPIRE', KEYS[2], meta[5])
if count > 0 or ARGV[3] == '1' then redis.call('PUBLISH', ARGV[4], '') end
return { 'ok', cancel }
`

/** ARGV: after, limit. Gives state, last, the cancel flag, what is left, birth, then offset and data of each event. */
const read = `${CLOCK}${STATE}
local meta = redis.call('HMGET', KEYS[1], 'state', 'last', 'until', 'grace', 'wanted', 'birth')
if not meta[1] then return false end
local state = stateOf(meta[1], meta[3], meta[4])
local left = 0
if state == 'open' then left = tonumber(meta[3]) + tonumber(meta[4]) - now end
local page = { state, meta[2], meta[5] and '0' or '1', string.format('%.0f', left), meta[6] }
if tonumber(meta[2]) > tonumber(ARGV[1]) and tonumber(ARGV[2]) > 0 then
  local from = string.format('%.0f-0', ARGV[1] + 1)
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', ARGV[2])) do
    page[#page + 1] = entry[1]
    page[#page + 1] = entry[2][2]
  end
end
return page
`

/**
 * ARGV: deadline, channel, the mark the stream must have or ''. Gives 1 when there is such a stream. Where nothing can
 * be written (a replica), its producer can't write either, and ends with its lease.
 */
const cancel = `${DEADLINE}${STATE}
local meta = redis.call('HMGET', KEYS[1], 'state', 'until', 'grace', 'birth')
if not meta[1] or (ARGV[3] ~= '' and meta[4] ~= ARGV[3]) then return 0 end
if stateOf(meta[1], meta[2], meta[3]) == 'open' then
  redis.pcall('HDEL', KEYS[1], 'wanted')
  redis.call('PUBLISH', ARGV[2], '')
end
return 1
`

export const scripts = { claim, append, read, cancel }

/**
 * The store's calls as Lua scripts, each of which Redis runs as one step. KEYS: the stream's `meta` (a hash) and `log`
 * (a Redis stream whose entries are `<offset>-0`). Times are milliseconds of Redis's own clock.
 */

/** `lease` and `until` are the producer's; `last` counts the events. */
const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** ARGV: lease, grace, ttl, takeover, token. Gives epoch and last, or nothing. */
const claim = `${CLOCK}
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'state', 'until', 'last', 'token')
if meta[2] == 'open' and meta[5] == ARGV[5] then return { meta[1], meta[4] } end
if meta[1] and (ARGV[4] ~= '1' or meta[2] ~= 'open' or tonumber(meta[3]) > now) then return false end
-- The clock, so that a producer of a stream that has expired since is told from one of a stream with the same id.
local epoch = string.format('%.0f', math.max(now, tonumber(meta[1] or '0') + 1))
local last = meta[4] or '0'
if not meta[1] then redis.call('DEL', KEYS[2]) end
redis.call('HSET', KEYS[1], 'epoch', epoch, 'state', 'open', 'until', now + ARGV[1], 'last', last,
  'lease', ARGV[1], 'grace', ARGV[2], 'ttl', ARGV[3], 'token', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return { epoch, last }
`

/** ARGV: epoch, end, channel, offset of the first event, the events' data. Gives 'ok' and the cancel flag, or the refusal. */
const append = `${CLOCK}
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'state', 'last', 'lease', 'ttl', 'cancel')
if not meta[1] then return { 'expired' } end
if meta[1] ~= ARGV[1] then return { 'taken' } end
local last = tonumber(meta[3])
local first = tonumber(ARGV[4])
local count = #ARGV - 4
local cancel = meta[6] or '0'
if meta[2] ~= 'open' then
  if meta[2] == 'ended' and count > 0 and first + count - 1 <= last then return { 'ok', cancel } end
  return { meta[2] }
end
if count > 0 and first > last + 1 then return { 'gap' } end
for i = 1, count do
  local offset = first + i - 1
  if offset > last then
    redis.call('XADD', KEYS[2], string.format('%.0f-0', offset), 'd', ARGV[4 + i])
    last = offset
  end
end
redis.call('HSET', KEYS[1], 'last', string.format('%.0f', last), 'until', now + meta[4])
if ARGV[2] == '1' then redis.call('HSET', KEYS[1], 'state', 'ended') end
redis.call('PEXPIRE', KEYS[1], meta[5])
redis.call('PEXPIRE', KEYS[2], meta[5])
if count > 0 or ARGV[2] == '1' then redis.call('PUBLISH', ARGV[3], '') end
return { 'ok', cancel }
`

/** ARGV: after, limit, channel. Gives state, last, the cancel flag, what is left, then offset and data of each event. */
const read = `${CLOCK}
local meta = redis.call('HMGET', KEYS[1], 'state', 'last', 'until', 'grace', 'cancel')
if not meta[1] then return false end
local state = meta[1]
local left = tonumber(meta[3]) + tonumber(meta[4]) - now
if state == 'open' and left <= 0 then
  state = 'lost'
  redis.call('HSET', KEYS[1], 'state', state)
  redis.call('PUBLISH', ARGV[3], '')
end
if state ~= 'open' then left = 0 end
local page = { state, meta[2], meta[5] or '0', string.format('%.0f', left) }
if tonumber(meta[2]) > tonumber(ARGV[1]) and tonumber(ARGV[2]) > 0 then
  local from = string.format('%.0f-0', ARGV[1] + 1)
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', ARGV[2])) do
    page[#page + 1] = entry[1]
    page[#page + 1] = entry[2][2]
  end
end
return page
`

/** ARGV: channel. Gives 1 when there is such a stream. */
const cancel = `
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 0 end
if state == 'open' then
  redis.call('HSET', KEYS[1], 'cancel', '1')
  redis.call('PUBLISH', ARGV[1], '')
end
return 1
`

export const scripts = { claim, append, read, cancel }

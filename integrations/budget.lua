-- The rate window of one connection, as all workers share it; budget.py tells the story. Runs as one step.
--
-- KEYS  1 a hash: the window as last seen   2 a sorted set: passes in flight, by when they are given up
--       3 the same of passes whose request got no answer: it may have counted, or may yet
-- ARGV  1 take | give_back | show   2 our time, empty for this server's   then what the verb needs
--
-- All times are seconds by *our* clock, which is this server's, so that no worker's clock matters. Greenhouse's
-- clock may be minutes off. Its answers carry its time in whole seconds, cut off: at the moment an answer is here,
-- its clock is at least that far. The best such lower bound of (its clock - ours) is kept, so that a window that
-- it says is over at `window` is certainly over, by our clock, at `window - ahead`: rather late than early.

local PROBES = 5              -- requests at once while nobody knows the window
local PROBE_SECONDS = 0.5     -- how soon to ask again while they are out
local RESERVED = 0.2          -- of the window, for interactive work
local RESERVED_LEAST = 2
local LATE = 0.25             -- of the window: what is still kept then goes to whoever wants it, or it is lost
local DRIFT = 0.001           -- clocks go apart by no more than this, in seconds per second
local LOST_SECONDS = 30       -- by then an answer that knew of a lost request has told
local KEPT_SECONDS = 3600

local state, flight, lost = KEYS[1], KEYS[2], KEYS[3]
local now = tonumber(ARGV[2])
if not now then
  local clock = redis.call('TIME')
  now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
end

local names = {'window', 'limit', 'left', 'since', 'ahead', 'ahead_at', 'closed_until'}
local seen = {}
for index, value in ipairs(redis.call('HMGET', state, unpack(names))) do
  seen[names[index]] = tonumber(value or '')
end

local function text(number)
  return string.format('%.6f', number)
end

local function keep(values)
  for name, value in pairs(values) do
    seen[name] = value
    redis.call('HSET', state, name, text(value))
  end
  redis.call('EXPIRE', state, KEPT_SECONDS)
end

local function ahead()
  return seen.ahead and seen.ahead - DRIFT * math.max(0, now - seen.ahead_at)
end

local function over_at()
  return seen.window - (ahead() or 0)
end

local function add(set, pass, seconds)
  redis.call('ZADD', set, text(now + seconds), pass)
  redis.call('EXPIRE', set, KEPT_SECONDS)
end

local function count(set)
  redis.call('ZREMRANGEBYSCORE', set, '-inf', text(now))
  return redis.call('ZCARD', set)
end

-- How long until so little is left of the window that what is kept of it is free to all.
local function late_in()
  local length = seen.since > 0 and seen.window - seen.since or 0
  return math.max(0, over_at() - now - LATE * length)
end

-- How many more requests may leave now, and otherwise how long to wait.
local function room(is_bulk)
  local out = count(flight)
  if seen.closed_until and seen.closed_until > now then
    return 0, seen.closed_until - now
  end
  if not seen.limit then
    return math.max(1, PROBES - count(lost)) - out, PROBE_SECONDS  -- through an outage, one at a time
  end
  local reserved = 0
  if is_bulk then
    reserved = math.min(math.max(RESERVED_LEAST, math.ceil(RESERVED * seen.limit)), seen.limit - 1)
  end
  if now < over_at() then
    local all = seen.left - out - count(lost)
    if reserved == 0 or late_in() == 0 then
      return all, over_at() - now
    end
    return all - reserved, all >= 1 and late_in() or over_at() - now
  end
  -- A new window, but no answer out of it yet: those in flight may still fall into it.
  return math.min(PROBES, seen.limit - reserved - count(lost)) - out, PROBE_SECONDS
end

local function take(is_bulk, pass, seconds)
  local free, wait = room(is_bulk)
  if free >= 1 then
    wait = 0
    add(flight, pass, seconds)
  end
  if wait > 0 then
    wait = wait * (1 + 2 * DRIFT) + 0.001  -- what is certain of the other clock wanes while one waits
  end
  return {text(wait), text(now)}
end

-- Returns true where a clock was set: the request left at `taken_at` and was served within the second that begins
-- at `served`, and what was known denies that.
local function compare_clocks(served, taken_at)
  local known, bound = ahead(), served - now
  local is_set = known and served + 1 - taken_at < known
  if not known or is_set or bound > known then
    known = bound
  end
  keep({ahead = known, ahead_at = now})
  return is_set
end

-- Returns false for a late answer out of a window that is over.
local function look_at(limit, left, window, served, is_set)
  local is_next = is_set or not seen.window or (window > seen.window and (not served or served >= seen.window))
  -- Somebody made the windows shorter: an answer that is newer than the one that opened ours says so.
  local is_moved = seen.window and window < seen.window and served and served > seen.since
  if is_next or is_moved then
    keep({window = window, limit = limit, left = left, since = served or 0})
  elseif window >= seen.window then
    keep({limit = limit, left = math.min(seen.left, left)})
  else
    return false
  end
  return true
end

local function give_back(pass, taken_at, is_unknown, limit, left, window, served, retry_after)
  redis.call('ZREM', flight, pass)
  if is_unknown then
    add(lost, pass, LOST_SECONDS)
  end
  local is_now = true
  if window then
    is_now = look_at(limit, left, window, served, served and compare_clocks(served, taken_at))
  end
  if retry_after and is_now then
    keep({closed_until = math.max(seen.closed_until or 0, now + retry_after)})
    if seen.left then
      keep({left = 0})
    end
  end
end

local function show()
  if not seen.limit then
    return false
  end
  local out = count(flight)
  if now >= over_at() then
    return {text(out), text(seen.limit), ''}
  end
  local used = math.min(seen.limit, seen.limit - seen.left + out)
  return {text(used), text(seen.limit), text(over_at() - now)}
end

if ARGV[1] == 'take' then
  return take(ARGV[3] == 'bulk', ARGV[4], tonumber(ARGV[5]))
elseif ARGV[1] == 'give_back' then
  local number = {}
  for index = 6, 10 do
    number[index] = tonumber(ARGV[index])
  end
  return give_back(
    ARGV[3], tonumber(ARGV[4]), ARGV[5] == 'unknown', number[6], number[7], number[8], number[9], number[10]
  )
end
return show()

#include "adapters/redis/scripts.hpp"

#include <array>

#include <openssl/evp.h>

namespace hts::redis {
namespace {

/// Index changes are collected and written with few commands at the end of a script.
constexpr std::string_view shared_text = R"lua(
local P = KEYS[1]
local A = cmsgpack.unpack(ARGV[1])
local G = 'hts'
local call = redis.call
local added, removed = {}, {}
local function put(key, id, score)
  local to = added[key]
  if not to then to = {}; added[key] = to end
  to[id] = score
  local from = removed[key]
  if from then from[id] = nil end
end
local function take(key, id)
  local from = removed[key]
  if not from then from = {}; removed[key] = from end
  from[id] = true
  local to = added[key]
  if to then to[id] = nil end
end
local function write_all(command, key, values)
  for first = 1, #values, 1000 do
    call(command, key, unpack(values, first, math.min(first + 999, #values)))
  end
end
local function write_indexes()
  for key, ids in pairs(removed) do
    local values = {}
    for id in pairs(ids) do values[#values + 1] = id end
    write_all('ZREM', key, values)
  end
  for key, ids in pairs(added) do
    local values = {}
    for id, score in pairs(ids) do
      values[#values + 1] = score
      values[#values + 1] = id
    end
    write_all('ZADD', key, values)
  end
end
-- Entries that are held by nobody any more go from the list of pending ones and from the stream.
local released = {}
local function let_go(queue, entry)
  local entries = released[queue]
  if not entries then entries = {}; released[queue] = entries end
  entries[#entries + 1] = entry
end
local function is_before(one, other)
  local time, number = string.match(one, '^(%d+)-(%d+)$')
  local other_time, other_number = string.match(other, '^(%d+)-(%d+)$')
  if time == other_time then return tonumber(number) < tonumber(other_number) end
  return tonumber(time) < tonumber(other_time)
end
local function on_all(command, queue, group, entries)
  for first = 1, #entries, 1000 do
    local last = math.min(first + 999, #entries)
    if group then
      call(command, queue, group, unpack(entries, first, last))
    else
      call(command, queue, unpack(entries, first, last))
    end
  end
end
-- Mostly the oldest are let go, and cutting them off is much faster than looking for each: all that
-- was read and is pending no more has gone before.
local function write_released()
  for queue, entries in pairs(released) do
    on_all('XACK', queue, G, entries)
    local newest = entries[1]
    for _, entry in ipairs(entries) do
      if is_before(newest, entry) then newest = entry end
    end
    local pending = redis.pcall('XPENDING', queue, G, '-', '+', 1)
    local oldest = pending[1] and pending[1][1]
    if oldest and is_before(oldest, newest) then
      call('XTRIM', queue, 'MINID', '=', oldest)
      local rest = {}
      for _, entry in ipairs(entries) do
        if is_before(oldest, entry) then rest[#rest + 1] = entry end
      end
      on_all('XDEL', queue, nil, rest)
    else
      call('XTRIM', queue, 'MINID', '=', newest)
      call('XDEL', queue, newest)
    end
  end
end
-- Empty while there is none.
local function group_of(queue)
  local groups = redis.pcall('XINFO', 'GROUPS', queue)
  if groups.err then return {} end
  for _, group in ipairs(groups) do
    local facts = {}
    for i = 1, #group, 2 do facts[group[i]] = group[i + 1] end
    if facts['name'] == G then return facts end
  end
  return {}
end
local signals = {}
local function publish(origin)
  if #signals > 0 then
    call('PUBLISH', P .. 'signals', origin .. '\n' .. table.concat(signals, '\n'))
  end
end
)lua";

// Arguments: capacity, origin, version, count, then of each job: id, idempotency key, priority,
// kind, record, request. Gives of each: {0} made; {1, id, record, claim} there by its id; {2, id,
// record, claim, request} there by its key; {3} full.
constexpr std::string_view submit_text = R"lua(
local capacity, origin, version, count = tonumber(A[1]), A[2], A[3], tonumber(A[4])
local known, queued = {}, 0
for _, kind in ipairs(call('SMEMBERS', P .. 'kinds')) do
  known[kind] = true
  if string.sub(kind, 1, 5) ~= 'part/' then
    queued = queued + call('ZCARD', P .. 'index:' .. kind .. ':q')
  end
end
local sequence = tonumber(call('GET', P .. 'sequence') or '0')
local before = sequence
local out, at, indexes = {}, 5, {}
-- Mostly none of them is there, which one question tells.
local asked, made = {}, {}
for item = 1, count do asked[item] = P .. 'job:' .. A[5 + 6 * (item - 1)] end
local are_all_new = count == 0 or call('EXISTS', unpack(asked)) == 0
for item = 1, count do
  local id, key, priority, kind = A[at], A[at + 1], A[at + 2], A[at + 3]
  local job = asked[item]
  local other = false
  if made[id] or (not are_all_new and call('EXISTS', job) == 1) then
    local have = call('HMGET', job, 'r', 'c')
    out[item] = {1, id, have[1], have[2] or ''}
  else
    if key ~= '' then other = call('GET', P .. 'key:' .. key) end
    local have = other and call('HMGET', P .. 'job:' .. other, 'r', 'c', 'q')
    if have and have[1] then
      out[item] = {2, other, have[1], have[2] or '', have[3] or ''}
    elseif queued >= capacity then
      out[item] = {3}
    else
      sequence = sequence + 1
      queued = queued + 1
      made[id] = true
      local text = string.format('%.0f', sequence)
      call('HSET', job, 'r', A[at + 4], 's', text, 'v', version, 'k', kind,
           'q', A[at + 5])
      if key ~= '' then call('SET', P .. 'key:' .. key, id) end
      call('XADD', P .. 'queue:' .. priority, text .. '-0', 'j', id)
      if not known[kind] then
        known[kind] = true
        call('SADD', P .. 'kinds', kind)
      end
      local index = indexes[kind]
      if not index then index = {}; indexes[kind] = index end
      index[#index + 1] = text
      index[#index + 1] = id
      out[item] = {0}
    end
  end
  at = at + 6
end
if sequence > before then
  call('SET', P .. 'sequence', string.format('%.0f', sequence))
  signals[1] = 'w'
end
for kind, values in pairs(indexes) do write_all('ZADD', P .. 'index:' .. kind .. ':q', values) end
publish(origin)
return out
)lua";

// Arguments: worker, most, now in µs, end of the lease in µs, the claim as it is stored, origin,
// version. Gives of each job: {id, record, request, sequence}.
constexpr std::string_view claim_text = R"lua(
local worker, need, now, till = A[1], tonumber(A[2]), A[3], A[4]
local out = {}
if call('EXISTS', P .. 'paused') == 1 then return out end

-- Entries stay in the stream, and in the group's list of pending ones under the worker's name,
-- until the job ends or goes back; that of a lost lease, until somebody takes it over.
local function read_group(queue, most)
  local words = {'GROUP', G, worker, 'COUNT', most, 'STREAMS', queue, '>'}
  local found = redis.pcall('XREADGROUP', unpack(words))
  if type(found) == 'table' and found.err then
    call('XGROUP', 'CREATE', queue, G, '0', 'MKSTREAM')
    found = call('XREADGROUP', unpack(words))
  end
  if not found or #found == 0 then return {} end
  return found[1][2]
end
-- Whether an entry was pending under another name and is the worker's now. Looked at before, since
-- XAUTOCLAIM goes on to the next entry, which is somebody else's, when there is none at its start;
-- and servers differ in what they do with entries that are pending but not in the stream.
local function take_over(stream, entry)
  local pending = redis.pcall('XPENDING', stream, G, entry, entry, 1)
  if not pending[1] then return false end
  if #call('XRANGE', stream, entry, entry) == 0 then
    call('XACK', stream, G, entry)
    return false
  end
  local taken = call('XAUTOCLAIM', stream, G, worker, 0, entry, 'COUNT', 1)[2]
  return taken[1] and taken[1][1] == entry
end
local leases, from, to = {}, {}, {}
-- `came_back`: its entry waits for who takes it over, or it needs one in `again`. Gives how many
-- were added there.
local function hand_out(id, came_back, queue, again)
  local job, added = P .. 'job:' .. id, 0
  local have = call('HMGET', job, 'r', 'q', 's', 'k')
  if not have[1] then return false end
  if came_back then
    local entry = call('HGET', job, 'e')
    if not take_over(entry and again or queue, entry or have[3] .. '-0') then
      call('HSET', job, 'e', call('XADD', again, '*', 'j', id))
      added = 1
    end
  end
  call('HSET', job, 'c', A[5], 'v', A[7])
  local kind = have[4]
  if not from[kind] then from[kind] = {}; to[kind] = {} end
  local gone, come = from[kind], to[kind]
  gone[#gone + 1] = id
  come[#come + 1] = have[3]
  come[#come + 1] = id
  leases[#leases + 1] = till
  leases[#leases + 1] = id
  out[#out + 1] = {id, have[1], have[2] or '', have[3]}
  signals[#signals + 1] = 'c' .. id
  return added
end

for priority = 9, 0, -1 do
  local queue, ready = P .. 'queue:' .. priority, P .. 'ready:' .. priority
  local delayed, again = P .. 'delayed:' .. priority, P .. 'again:' .. priority
  for _, id in ipairs(call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, 10000)) do
    call('ZREM', delayed, id)
    local sequence = call('HGET', P .. 'job:' .. id, 's')
    if sequence then call('ZADD', ready, sequence, id) end
  end
  while #out < need do
    -- What came back stands before what was never handed out, unless it was taken out of the middle.
    local oldest = call('ZRANGE', ready, 0, 0, 'WITHSCORES')
    local most = need - #out
    local limit = '+inf'
    if oldest[1] then
      local unread = '(' .. (group_of(queue)['last-delivered-id'] or '0-0')
      local next_one = call('XRANGE', queue, unread, '+', 'COUNT', 1)
      local first = next_one[1] and string.match(next_one[1][1], '^%d+')
      if first and tonumber(first) < tonumber(oldest[2]) then
        most = #call('XRANGE', queue, unread, oldest[2] .. '-0', 'COUNT', most)
      else
        if first then limit = '(' .. first end
        local unread_again = 0
        for _, id in ipairs(call('ZRANGEBYSCORE', ready, '-inf', limit, 'LIMIT', 0, most)) do
          call('ZREM', ready, id)
          unread_again = unread_again + (hand_out(id, true, queue, again) or 0)
        end
        if unread_again > 0 then read_group(again, unread_again) end
        most = 0
      end
    end
    if most > 0 then
      local entries = read_group(queue, most)
      if #entries == 0 then break end
      for _, entry in ipairs(entries) do
        if not hand_out(entry[2][2]) then let_go(queue, entry[1]) end
      end
    end
  end
end
write_all('ZADD', P .. 'leases', leases)
write_released()
for kind, ids in pairs(from) do
  write_all('ZREM', P .. 'index:' .. kind .. ':q', ids)
  write_all('ZADD', P .. 'index:' .. kind .. ':r', to[kind])
end
publish(A[6])
return out
)lua";

// Arguments: origin, count of items, then of each item: count of records, their new version, and of
// each record: id, expected version (0: must not be there), record (empty: remove), kind, index
// before, index after, sequence, priority, lease (end in µs, "-" remove, "lost" remove and leave
// the entry for who takes it over, or empty), delay (until, in µs, or empty), end (in µs, "-"
// remove, or empty), flags: the number of further arguments, then c changed, x cancel, o output, q
// request, p whole and number, k idempotency key. Gives 1 or 0 of each item.
constexpr std::string_view change_text = R"lua(
local function write_more(flags, more, id, job)
  if string.find(flags, 'o', 1, true) then
    call('HSET', job, 'o', A[more])
    more = more + 1
  end
  if string.find(flags, 'q', 1, true) then
    call('HSET', job, 'q', A[more])
    more = more + 1
  end
  if string.find(flags, 'p', 1, true) then
    call('ZADD', P .. 'parts:' .. A[more], A[more + 1], id)
    more = more + 2
  end
  if string.find(flags, 'k', 1, true) then
    local key = P .. 'key:' .. A[more]
    if call('GET', key) == id then call('DEL', key) end
  end
end
local function apply(at, newer, entry)
  local id, version, record, kind = A[at], A[at + 1], A[at + 2], A[at + 3]
  local before, after, sequence, priority = A[at + 4], A[at + 5], A[at + 6], A[at + 7]
  local lease, delay, over, flags = A[at + 8], A[at + 9], A[at + 10], A[at + 11]
  local job = P .. 'job:' .. id
  local is_new = version == '0'
  if is_new then
    sequence = string.format('%.0f', call('INCR', P .. 'sequence'))
    call('SADD', P .. 'kinds', kind)
  end
  if before ~= after then
    if before ~= '' then take(P .. 'index:' .. kind .. ':' .. before, id) end
    if after ~= '' then put(P .. 'index:' .. kind .. ':' .. after, id, sequence) end
  end
  local queue, first_entry = P .. 'queue:' .. priority, sequence .. '-0'
  if lease == '-' or lease == 'lost' then
    take(P .. 'leases', id)
  elseif lease ~= '' then
    put(P .. 'leases', id, lease)
  end
  if entry and (lease == '-' or before == 'q') then
    let_go(P .. 'again:' .. priority, entry)
    call('HDEL', job, 'e')
  elseif lease == '-' then
    let_go(queue, first_entry)
  end
  if before == 'q' then
    -- Pending when a lease was lost, else not read yet: nothing before it may be cut off.
    call('XACK', queue, G, first_entry)
    call('XDEL', queue, first_entry)
    call('ZREM', P .. 'ready:' .. priority, id)
    call('ZREM', P .. 'delayed:' .. priority, id)
  end
  if over == '-' then take(P .. 'ended', id) elseif over ~= '' then put(P .. 'ended', id, over) end
  if record == '' then
    call('DEL', job, P .. 'parts:' .. id)
  elseif is_new then
    call('HSET', job, 'r', record, 's', sequence, 'v', newer, 'k', kind)
  else
    call('HSET', job, 'r', record, 'v', newer, 'c', '')
  end
  if string.sub(flags, 1, 1) ~= '0' then write_more(flags, at + 12, id, job) end
  if after == 'q' and record ~= '' then
    if is_new then
      call('XADD', queue, first_entry, 'j', id)
    elseif delay ~= '' then
      call('ZADD', P .. 'delayed:' .. priority, delay, id)
    else
      call('ZADD', P .. 'ready:' .. priority, sequence, id)
    end
    if delay == '' then signals[#signals + 1] = 'w' end
  end
  if string.find(flags, 'x', 1, true) then signals[#signals + 1] = 'x' .. id end
  if string.find(flags, 'c', 1, true) then signals[#signals + 1] = 'c' .. id end
end

local out, at = {}, 3
for item = 1, tonumber(A[2]) do
  local records, entries = {}, {}
  local is_current = true
  local count, newer = tonumber(A[at]), A[at + 1]
  at = at + 2
  for record = 1, count do
    records[record] = at
    local have = call('HMGET', P .. 'job:' .. A[at], 'v', 'e')
    entries[record] = have[2]
    if (have[1] or '0') ~= A[at + 1] then is_current = false end
    at = at + 12 + tonumber(string.sub(A[at + 11], 1, 1))
  end
  if is_current then
    for record = 1, count do apply(records[record], newer, entries[record]) end
  end
  out[item] = is_current and 1 or 0
end
write_indexes()
write_released()
publish(A[1])
return out
)lua";

// Arguments: offset, limit, then the indexes. Gives the total and the ids. Sequences are unique, so
// the one at which a page begins is found by counting the newer ones, halving what is left.
constexpr std::string_view page_text = R"lua(
local offset, limit = tonumber(A[1]), tonumber(A[2])
local total = 0
for i = 3, #A do total = total + call('ZCARD', P .. A[i]) end
if offset >= total or limit == 0 then return {total, {}} end
local low, high = 0, tonumber(call('GET', P .. 'sequence') or '0')
while low < high do
  local middle = math.floor((low + high) / 2)
  local newer = 0
  for i = 3, #A do
    newer = newer + call('ZCOUNT', P .. A[i], '(' .. string.format('%.0f', middle), '+inf')
  end
  if newer <= offset then high = middle else low = middle + 1 end
end
local found = {}
for i = 3, #A do
  local ids = call('ZREVRANGEBYSCORE', P .. A[i], string.format('%.0f', low), '-inf',
                   'WITHSCORES', 'LIMIT', 0, limit)
  for j = 1, #ids, 2 do found[#found + 1] = {tonumber(ids[j + 1]), ids[j]} end
end
table.sort(found, function(a, b) return a[1] > b[1] end)
local ids = {}
for i = 1, math.min(limit, #found) do ids[i] = found[i][2] end
return {total, ids}
)lua";

// Gives the numbers of q r c f x d (queued, running, completed, failed, cancelled, dead letters),
// those queued of each priority, 1 when paused, then record and claim of the oldest that is queued
// and of the first that is delayed (or empty).
constexpr std::string_view counts_text = R"lua(
local states = {'q', 'r', 'c', 'f', 'x', 'd'}
local counts = {0, 0, 0, 0, 0, 0}
local oldest, oldest_sequence = false, math.huge
for _, kind in ipairs(call('SMEMBERS', P .. 'kinds')) do
  for i, state in ipairs(states) do
    counts[i] = counts[i] + call('ZCARD', P .. 'index:' .. kind .. ':' .. state)
  end
  local first = call('ZRANGE', P .. 'index:' .. kind .. ':q', 0, 0, 'WITHSCORES')
  if first[1] and tonumber(first[2]) < oldest_sequence then
    oldest, oldest_sequence = first[1], tonumber(first[2])
  end
end
local queued = {}
local next_one, next_time = false, math.huge
for priority = 0, 9 do
  local queue = P .. 'queue:' .. priority
  local unread = call('XLEN', queue) - (group_of(queue)['pending'] or 0)
  queued[priority + 1] = math.max(unread, 0) + call('ZCARD', P .. 'ready:' .. priority) +
    call('ZCARD', P .. 'delayed:' .. priority)
  local first = call('ZRANGE', P .. 'delayed:' .. priority, 0, 0, 'WITHSCORES')
  if first[1] and tonumber(first[2]) < next_time then
    next_one, next_time = first[1], tonumber(first[2])
  end
end
local function record(id)
  if not id then return '' end
  return call('HGET', P .. 'job:' .. id, 'r') or ''
end
return {counts, queued, call('EXISTS', P .. 'paused'), record(oldest), record(next_one)}
)lua";

std::string sha1_of(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex.push_back(digits[digest[i] >> 4U]);
    hex.push_back(digits[digest[i] & 15U]);
  }
  return hex;
}

Script script_of(std::string_view text) {
  std::string whole = std::string(shared_text) + std::string(text);
  std::string sha1 = sha1_of(whole);
  return {std::move(whole), std::move(sha1)};
}

}  // namespace

const Script& submit_script() {
  static const Script script = script_of(submit_text);
  return script;
}
const Script& claim_script() {
  static const Script script = script_of(claim_text);
  return script;
}
const Script& change_script() {
  static const Script script = script_of(change_text);
  return script;
}
const Script& page_script() {
  static const Script script = script_of(page_text);
  return script;
}
const Script& counts_script() {
  static const Script script = script_of(counts_text);
  return script;
}

void begin_script(Pipeline& pipeline, const Script& script, std::string_view prefix) {
  pipeline.begin();
  pipeline.argument("EVALSHA");
  pipeline.argument(script.sha1);
  pipeline.argument("1");
  pipeline.argument(prefix);
  pipeline.begin_packed();
}

void load_scripts(Pipeline& pipeline) {
  for (const Script* script :
       {&submit_script(), &claim_script(), &change_script(), &page_script(), &counts_script()}) {
    pipeline.add({"SCRIPT", "LOAD", script->text});
  }
}

}  // namespace hts::redis

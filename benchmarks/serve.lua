-- The load of `python -m benchmarks serve`, for wrk: 80% rewrite, 20% turns, over a million users.
-- Its argument is a file with one request a line; FRESH of 100 requests get a word that was never heard before.
local FRESH = 20
local words, n, start = {}, 0, os.time()
local headers = {["Content-Type"] = "application/json"}

function init(arguments)
  for line in io.lines(arguments[1]) do words[#words + 1] = line end
  math.randomseed(start)
end

function request()
  n = n + 1
  local said, user = words[math.random(#words)], math.random(1000000)
  if math.random(100) <= FRESH then said = said .. " " .. string.char(math.random(97, 122)) .. start .. n end
  local known = string.format(
    '"turn_id":"%d-%d","started":%d,"request":"%s","user_id":"u%d","device_id":"d%d"',
    start, n, start * 1000 + n, said, user, user)
  if n % 5 == 0 then
    local answered = '"response":{"text":"done","type":"action_done"},"actions":[{"target":"light.kitchen"}]'
    return wrk.format("POST", "/v1/turns", headers, "{" .. known .. "," .. answered .. "}")
  end
  return wrk.format("POST", "/v1/rewrite", headers, "{" .. known .. "}")
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '\nFOUND {"requests":%d,"seconds":%f,"p50_ms":%f,"p95_ms":%f,"p99_ms":%f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end

-- What every script shares: a slice of the lines of a file for each thread, and a report as one line of JSON.
-- BENCH_LINES: the file; BENCH_SLICE: "part/parts" of it for this run of wrk (several run side by side).
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

bad, first_bad = 0, ""

function read_lines()
  local part, parts = string.match(os.getenv("BENCH_SLICE") or "0/1", "(%d+)/(%d+)")
  local lines, at = {}, 0
  for line in io.lines(os.getenv("BENCH_LINES")) do
    if at % tonumber(parts) == tonumber(part) then table.insert(lines, line) end
    at = at + 1
  end
  return lines
end

function response(status, headers, body)
  if status ~= wanted then
    bad = bad + 1
    if first_bad == "" then first_bad = status .. " " .. string.sub(body, 1, 300) end
  end
end

function done(summary, latency, requests)
  local refused, example = 0, ""
  for _, thread in ipairs(threads) do
    refused = refused + thread:get("bad")
    if thread:get("first_bad") ~= "" then example = thread:get("first_bad") end
  end
  local e = summary.errors
  io.write(string.format(
    '\nBENCH {"requests": %d, "seconds": %.6f, "bad": %d, "broken": %d, "p50_ms": %.3f, "p99_ms": %.3f, "example": %q}\n',
    summary.requests, summary.duration / 1e6, refused, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, (string.gsub(example, '[%c"\\]', "'"))))
end

-- Asks for the paths in the file, one after the other, over and over.
dofile((os.getenv("BENCH_LUA") or ".") .. "/report.lua")
wanted = 200

function init(args)
  local paths = read_lines()
  requests, at = {}, 0
  for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path, { ["Accept-Encoding"] = "gzip" }) end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

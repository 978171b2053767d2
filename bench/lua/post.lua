-- Posts each line of the file once: "path<TAB>header: value<TAB>…<TAB><TAB>body"; stops when they are used up unless BENCH_AGAIN is set.
dofile((os.getenv("BENCH_LUA") or ".") .. "/report.lua")
wanted = tonumber(os.getenv("BENCH_WANTED") or "200")

function init(args)
  lines, at, again = read_lines(), 0, os.getenv("BENCH_AGAIN")
end

function request()
  at = at + 1
  if at >= #lines and not again then wrk.thread:stop() end
  local head, body = string.match(lines[(at - 1) % #lines + 1], "^(.-)\t\t(.*)$")
  local path, headers = nil, {}
  for part in string.gmatch(head, "[^\t]+") do
    if path == nil then path = part else
      local name, value = string.match(part, "^([^:]+): (.*)$")
      headers[name] = value
    end
  end
  return wrk.format("POST", path, headers, body)
end

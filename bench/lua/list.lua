-- A buyer's list of orders; a line of the file is a token.
dofile((os.getenv("BENCH_LUA") or ".") .. "/report.lua")
wanted = 200

function init(args)
  local tokens = read_lines()
  requests, at = {}, 0
  for i, token in ipairs(tokens) do
    requests[i] = wrk.format("GET", "/api/shop/orders", { ["Authorization"] = "Bearer " .. token, ["Accept-Encoding"] = "gzip" })
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

-- Places orders of two lines under a fresh idempotency key each; a line of the file is "token<TAB>sku<TAB>sku<TAB>store<TAB>total".
dofile((os.getenv("BENCH_LUA") or ".") .. "/report.lua")
wanted = 201

function init(args)
  lines = read_lines()
  run = os.getenv("BENCH_RUN")
  math.randomseed(tonumber(string.sub(run, 1, 7), 16))
  at = math.random(#lines) -- several runs over one file begin with other buyers, each of whom may owe for five orders only
end

function request()
  at = at + 1
  local token, one, two, store, total = string.match(lines[(at - 1) % #lines + 1], "([^\t]+)\t([^\t]+)\t([^\t]+)\t([^\t]+)\t([^\t]+)")
  local body = '{"channel":"h5","orders":[{"store_id":"' .. store .. '","delivery_method":"pickup","expected_total":' .. total .. ',' ..
    '"contact":{"name":"林小满","phone":"13800138000"},"lines":[' ..
    '{"key":"a","sku_id":"' .. one .. '","modifiers":[],"quantity":2},' ..
    '{"key":"b","sku_id":"' .. two .. '","modifiers":[],"quantity":1}]}]}'
  return wrk.format("POST", "/api/shop/orders", {
    ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = run .. "-" .. number .. "-" .. at, ["Accept-Encoding"] = "gzip" }, body)
end

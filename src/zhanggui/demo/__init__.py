"""The whole shop on one machine: `zhanggui demo`.

`run.py` starts everything in order and says where it is; `supervise.py` keeps the processes running; `load.py` fills
the stores at the first start: `async ensure(rt, *, login, password, say) -> bool` (true when it had to load), called
with the sandbox running and the schema in place, before server and worker start.
"""

"""`make bench-faults`: thousands of purchases while the payment platform misbehaves and our processes are killed.

The sandbox drops, duplicates, delays, reorders and forges notifications, answers 5xx, 429, SYSTEM_ERROR, late or not at
all, and probes with SIGNTEST; server and worker are killed with -9 now and then. Some buyers cancel while they pay, some
pay what was cancelled. Afterwards every payment that the platform took is compared with the shop's rows. The last line is
JSON. Arguments: `--purchases 5000 --seed 2`.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import time
from dataclasses import asdict
from uuid import UUID

from bench.chaos import sandbox_process
from bench.faults_buyers import Crowd, Told
from bench.faults_kills import Killer
from bench.faults_setting import Town, build, calm, misbehave
from bench.faults_truth import Truth, audit, unsettled
from bench.figures import percentile
from bench.goods import runtime
from bench.stage import Server, Stage, listen, stage

PROCESSES = 2
BUYERS_AT_ONCE = 24
SETTLE_SECONDS = 240
ENOUGH = 2000  # purchases from which on every kind of fault must have struck


async def soak(
    one: Stage, servers: list[Server], start_seconds: float, sandbox_url: str, purchases: int, seed: int
) -> dict[str, object]:
    """Build the shops, let the buyers in, stop the faults, wait until nothing is open, compare."""
    town: Town = await build(one, sandbox_url, purchases)
    told = Told()
    async with runtime(one) as rt, town.sandbox() as sandbox, Killer(one, servers, start_seconds) as killer:
        await misbehave(sandbox, seed)

        async def forget(attempt_id: UUID) -> None:
            await rt.db.execute(
                "UPDATE payment_attempt SET status = 'closed' WHERE id = $1 AND status IN ('created', 'pending')",
                attempt_id,
            )

        crowd = Crowd(town, servers[0].port, sandbox, told, forget, seed)
        began = time.monotonic()
        await crowd.shop(BUYERS_AT_ONCE)
        print(f"{purchases} buyers were here within {time.monotonic() - began:.0f} s", flush=True)
        struck = await calm(sandbox)
        killer.rest()
        open_ones = -1
        for _ in range(SETTLE_SECONDS):
            open_ones = await unsettled(one, town, sandbox)
            if not open_ones:
                break
            await asyncio.sleep(1)
        truth: Truth = await audit(one, town, sandbox, told)
        print(
            f"{told}; servers killed {killer.servers_killed}, workers {killer.workers_killed}, left open {open_ones}",
            flush=True,
        )
    figures: dict[str, object] = {
        **asdict(truth),
        "gave_up": told.gave_up,
        "buyer_p50_s": round(percentile(told.took, 0.5), 1),
        "buyer_p99_s": round(percentile(told.took, 0.99), 1),
        "faults_struck": sum(struck),
    }
    ok = (
        truth.paid_twice == 0
        and truth.lost == 0
        and truth.invented == 0
        and truth.uneven == 0
        and truth.forged > told.probes > 0
        and truth.forged_accepted == 0
        and (all(struck) or purchases < ENOUGH)
        and truth.unclean == 0
        and truth.success_rate > 0.999
        and open_ones == 0
        and truth.late_refunded >= told.too_late
        and killer.servers_killed > 0
        and killer.workers_killed > 0
    )
    return {**figures, "server_kills": killer.servers_killed, "worker_kills": killer.workers_killed, "ok": ok}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--purchases", type=int, default=2000, help="buyers who come to pay (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="of the dice")
    wish = parser.parse_args()
    with sandbox_process() as sandbox_url, contextlib.closing(listen()) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with stage(sandbox_url=sandbox_url, extra={"ZHANGGUI_SHOP_ORIGIN": origin}) as one:
            servers = [
                Server("zhanggui.app:create_app", one.env, listener, log=one.folder / "log")
                for _ in range(PROCESSES)
            ]
            try:
                began = time.monotonic()
                servers[0].start()
                servers[0].wait()
                start_seconds = time.monotonic() - began
                for server in servers[1:]:
                    server.start()
                result = asyncio.run(
                    soak(one, servers, start_seconds, sandbox_url, wish.purchases, wish.seed)
                )
            finally:
                for server in servers:
                    server.stop()
    print(json.dumps(result), flush=True)
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())

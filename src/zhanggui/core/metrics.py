"""Figures for Prometheus: requests by route template, jobs, the pool. One registry for each process and application."""

import time
from typing import cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.runtime import Runtime

JOBS = statement(
    "core.metrics.jobs",
    """
    SELECT state, count(*) AS jobs, coalesce(extract(epoch FROM $1 - min(due_at)), 0)::float8 AS oldest
    FROM job WHERE state IN ('waiting', 'dead') GROUP BY state
    """,
)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The registry and what is counted in it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("zhanggui_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "zhanggui_request_seconds",
            "Time to answer",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.sockets = Gauge("zhanggui_live_sockets", "Open WebSockets", registry=self.registry)
        self.jobs = Gauge("zhanggui_jobs", "Jobs by state", ("state",), registry=self.registry)
        self.job_lag = Gauge(
            "zhanggui_job_lag_seconds", "How long the oldest waiting job is overdue", registry=self.registry
        )
        self.pool = Gauge(
            "zhanggui_pool_connections", "Database connections", ("state",), registry=self.registry
        )


def metrics_of(rt: Runtime) -> Metrics:
    return rt.once("core.metrics", Metrics)


async def render(rt: Runtime) -> bytes:
    """The text format, with jobs and pool looked up now."""
    metrics = metrics_of(rt)
    rows = {row["state"]: row for row in await rt.db.fetch(JOBS, clock.now())}
    for state in ("waiting", "dead"):
        metrics.jobs.labels(state).set(rows[state]["jobs"] if state in rows else 0)
    metrics.job_lag.set(max(0.0, rows["waiting"]["oldest"]) if "waiting" in rows else 0)
    total, idle = rt.db.get_size(), rt.db.get_idle_size()
    metrics.pool.labels("idle").set(idle)
    metrics.pool.labels("busy").set(total - idle)
    return generate_latest(metrics.registry)


class MetricsMiddleware:
    """Counts every request under its route's template, so that ids never become labels."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        metrics = metrics_of(cast("Runtime", scope["litestar_app"].state.rt))
        if scope["type"] == "websocket":
            with metrics.sockets.track_inprogress():
                await self._app(scope, receive, send)
            return
        route = str(scope.get("path_template", "")) or "none"
        method = str(scope.get("method", ""))
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            metrics.requests.labels(method, route, str(status)).inc()
            metrics.seconds.labels(method, route).observe(time.perf_counter() - started)

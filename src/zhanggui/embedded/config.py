"""The server's settings: one file that we own and rewrite at every start, included from initdb's own."""

from pathlib import Path

FILE = "zhanggui.conf"
INCLUDE = f"\ninclude '{FILE}'\ninclude_if_exists 'custom.conf'\n"

_COMMON = {
    "listen_addresses": "",  # nothing on the network, the socket is the only door
    "max_connections": "200",
    "jit": "off",  # our statements take less time than compiling them
    "random_page_cost": "1.1",  # solid-state disks
    "effective_io_concurrency": "64",
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%d ",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_lock_waits": "on",
    "huge_pages": "off",
}
_DURABLE = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "log_min_duration_statement": "1000",
}
_FAST = {  # a power cut loses everything: for tests only
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "checkpoint_timeout": "1h",
    "autovacuum_naptime": "10min",
}


def text(socket_folder: Path, *, durable: bool) -> str:
    """The settings file for a server whose socket lies in `socket_folder`."""
    values = _COMMON | (_DURABLE if durable else _FAST) | {"unix_socket_directories": str(socket_folder)}
    quoted = {name: value.replace("'", "''") for name, value in values.items()}
    lines = [f"{name} = '{value}'" for name, value in quoted.items()]
    return "\n".join(["# Rewritten at every start. Your own settings belong into custom.conf.", *lines, ""])

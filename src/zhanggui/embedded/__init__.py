"""The embedded PostgreSQL: a database server that needs nothing installed and nobody to run it.

`start(folder)` initialises a cluster on first use, starts it, adopts one that an earlier process left running, and
returns a `Cluster` with its address. Any number of processes may share a cluster: the last `stop()` ends it.
Run by root, the server itself runs as an unprivileged account. It listens on a private Unix socket only.

An outside server (`ZHANGGUI_DATABASE_URL`) replaces all of this; nothing but the assembly and the tests imports it.
"""

from zhanggui.embedded.cluster import Cluster, start
from zhanggui.embedded.errors import EmbeddedError

__all__ = ["Cluster", "EmbeddedError", "start"]

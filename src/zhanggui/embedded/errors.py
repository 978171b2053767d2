"""What can go wrong while starting a database server, in sentences that a person can act on."""


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL could not be prepared, started or stopped; the message says why and what to do."""

"""Ports for servers of tests: each is given once in a run, and the system gives it to nobody.

One that the system has chosen is anybody's once it is let go: another test's server, or any connection that is opened
before the server of its own has started, may have it by then.
"""

import fcntl
import random
import socket

from tests.once import folder

FIRST, LAST = 15_000, 32_000
"""Below the ports that Linux (from 32,768 on) and others (from 49,152 on) give to connections."""


def free_port() -> int:
    """A port of loopback at which nobody listens, and which no other test of the run is given."""
    with (folder() / "port").open("a+") as given:
        fcntl.flock(given, fcntl.LOCK_EX)
        given.seek(0)
        port = int(given.read() or random.randrange(FIRST, LAST))  # another run beside this one begins elsewhere
        while True:
            port = port + 1 if port < LAST else FIRST
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            break
        given.truncate(0)
        given.write(str(port))
    return port

"""A plain proxy before several servers: each new connection goes to the next one that answers, and stays there."""

import socket
import threading
from contextlib import contextmanager, suppress


class Proxy:
    def __init__(self):
        self.servers = []
        """Ports of the servers, in turn."""
        self.served = []
        """The port that each connection came to."""
        self._line = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._line.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._line.accept()[0],), daemon=True).start()

    def _serve(self, asking):
        with asking:
            for _ in range(len(self.servers)):
                port = self.servers[0]
                self.servers = [*self.servers[1:], port]
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as answering:
                    self.served.append(port)
                    back = threading.Thread(target=_pass_on, args=(answering, asking), daemon=True)
                    back.start()
                    _pass_on(asking, answering)
                    back.join()
                    return

    def close(self):
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()


def _pass_on(source, target):
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    for line in (source, target):
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy():
    made = Proxy()
    try:
        yield made
    finally:
        made.close()

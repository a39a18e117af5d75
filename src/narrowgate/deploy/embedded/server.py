"""The embedded AWS's process: `python -m narrowgate.deploy.embedded.server`.

Prints the port that it listens on, and ends when its standard input is closed: it never outlives the process that
started it, `kill -9` included.
"""

import os
import sys
import threading

from narrowgate.deploy.embedded.bridge import apply_bridge

HOST = "127.0.0.1"


def _end_with_the_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Mend moto, listen on a free port of loopback, and serve."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        # Kept connections: a collection makes hundreds of calls, and providers trip over closed ones.
        protocol_version = "HTTP/1.1"

        def log(self, *_: object, **__: object) -> None:
            """Nothing: whoever wants to see calls looks at the snapshot's manifest."""

    apply_bridge()
    server = make_server(
        HOST, 0, DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=Quiet
    )
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

"""Start the service: one process, one compute lane, on loopback."""

from __future__ import annotations

import ipaddress
import multiprocessing
import os
import socket
import sys

from api.settings import read_settings
from forecast import InputError

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until interrupted.

    Args:
        host: a loopback address; others are refused as long as the service knows no keys.
        port: from 1 to 65535.

    Raises:
        InputError: the address is public, cannot be bound, or a setting cannot be read.
    """
    address = _loopback(host)
    _refuse_taken(address, port)
    try:
        read_settings(os.environ)
    except ValueError as error:
        raise InputError(str(error)) from None
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads cost more than they bring
    _run(address, port)


def _loopback(host: str) -> str:
    name = "127.0.0.1" if host == "localhost" else host
    try:
        loopback = ipaddress.ip_address(name).is_loopback
    except ValueError:
        loopback = False
    if loopback:
        return name
    raise InputError(
        f"{host!r} is not a loopback address. The service knows no keys yet, so whoever reaches it may use it; "
        "serve on 127.0.0.1, and let a proxy that asks for credentials stand before it.",
        pointer="--host",
        allowed=LOOPBACK,
    )


def _refuse_taken(address: str, port: int) -> None:
    if not 1 <= port <= 65535:
        raise InputError(f"A port is a number from 1 to 65535; found {port}.", pointer="--port")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise InputError(
                f"Cannot serve on {address} port {port}: {error.strerror}. Choose another with --port.",
                pointer="--port",
            ) from None


def _run(address: str, port: int) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    # A forked child would inherit locks of threads that it does not have (polars, OpenMP).
    multiprocessing.set_start_method("spawn", force=True)
    shown = f"[{address}]" if ":" in address else address
    print(
        f"Tradewind starts on http://{shown}:{port} (documentation at /docs); Ctrl-C stops it.",
        file=sys.stderr,
        flush=True,
    )
    Server(
        "api.app:create_app",
        factory=True,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        log_level=LogLevels.warning,
    ).serve()

# SPDX-License-Identifier: Apache-2.0
"""`python -m otakube_standins.vectors`: serve one data folder until a signal."""

import argparse
import os
import socket
from pathlib import Path

import uvicorn

from otakube_standins.vectors.app import create_app

KEY_FILE = "/etc/otakube/secrets/qdrant_api_key"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    options = argparse.ArgumentParser(
        prog="python -m otakube_standins.vectors",
        description="A development server: Qdrant's REST protocol over Qdrant's engine, not Qdrant itself.",
    )
    options.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    options.add_argument(
        "--port", type=int, default=6333, help="port; 0 takes a free one (default %(default)s)"
    )
    options.add_argument("--data", type=Path, default=Path("/data"), help="data folder (default %(default)s)")
    options.add_argument(
        "--api-key-file",
        type=Path,
        default=Path(os.environ.get("OTAKUBE_VECTORS_API_KEY_FILE", KEY_FILE)),
        help="file with the key that callers must send; no file, no key (default %(default)s)",
    )
    return options


def main() -> None:
    """Serve."""
    options = parser().parse_args()
    key = options.api_key_file.read_text().strip() if options.api_key_file.is_file() else None
    listener = socket.create_server((options.host, options.port), backlog=512)
    config = uvicorn.Config(create_app(options.data, api_key=key), log_level="warning", access_log=False)
    print(f"vectors: listening on {options.host}:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()

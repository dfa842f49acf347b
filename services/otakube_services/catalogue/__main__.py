# SPDX-License-Identifier: Apache-2.0
"""`python -m otakube_services.catalogue`: serve on OTAKUBE_CATALOGUE_HOST and OTAKUBE_CATALOGUE_PORT."""

import os
import sys

import uvicorn

from otakube_services.catalogue.app import create

DEFAULT_PORT = "8080"


def main() -> None:
    """Serve until a signal comes."""
    host = os.environ.get("OTAKUBE_CATALOGUE_HOST", "127.0.0.1")
    port = os.environ.get("OTAKUBE_CATALOGUE_PORT", DEFAULT_PORT)
    if not (port.isdecimal() and 0 <= int(port) <= 65535):
        sys.exit(f"OTAKUBE_CATALOGUE_PORT is {port!r}: give a port number, such as {DEFAULT_PORT}")
    uvicorn.run(
        create(), host=host, port=int(port), access_log=False, timeout_keep_alive=30, limit_concurrency=256
    )


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""`python -m otakube_services.catalogue`: serve on OTAKUBE_CATALOGUE_HOST, PORT and INTERNAL_PORT."""

from otakube_services.catalogue.app import create
from otakube_services.kit.service import serve


def main() -> None:
    """Serve until a signal comes."""
    serve("catalogue", create)


if __name__ == "__main__":
    main()

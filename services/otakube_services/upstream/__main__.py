# SPDX-License-Identifier: Apache-2.0
"""`python -m otakube_services.upstream`."""

from otakube_services.upstream.cli import app

app(prog_name="python -m otakube_services.upstream")

# SPDX-License-Identifier: Apache-2.0
"""`python -m otakube_standins.upstream`."""

from otakube_standins.upstream.cli import app

app(prog_name="python -m otakube_standins.upstream")

# SPDX-License-Identifier: Apache-2.0
"""`python -m otakube_operator`."""

from otakube_operator.main import main

main()

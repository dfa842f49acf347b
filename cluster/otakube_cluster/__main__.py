# SPDX-License-Identifier: Apache-2.0
"""`python -m otakube_cluster`: the cluster commands without the rest of Otakube."""

from otakube_cluster.cli import app

if __name__ == "__main__":
    app(prog_name="otakube cluster")

# SPDX-License-Identifier: Apache-2.0
# Redis as Debian packs it.
ARG BASE
FROM ${BASE}
COPY images/redis /usr/share/doc/otakube-redis
USER 65532:65532
WORKDIR /tmp
EXPOSE 6379
ENTRYPOINT ["/usr/bin/redis-server"]

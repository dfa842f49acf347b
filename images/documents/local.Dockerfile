# SPDX-License-Identifier: Apache-2.0
# The MongoDB stand-in on a base with a Java runtime; /prepared is what build.sh printed on the machine that builds.
ARG BASE
FROM ${BASE}
COPY images/documents /usr/share/doc/otakube-documents
RUN cp -r /prepared /opt/documents && java -version
USER 65532:65532
WORKDIR /tmp
EXPOSE 27017
ENTRYPOINT ["/opt/documents/documents"]

// SPDX-License-Identifier: Apache-2.0
module otakube.dev/cluster/node

go 1.24.0

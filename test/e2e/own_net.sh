# SPDX-License-Identifier: Apache-2.0
# First in a shell test whose server takes a port that may be in use: the test begins anew in a network of its own, with
# loopback only, where this machine gives one.   . test/e2e/own_net.sh
if [ -z "${IN_NAMESPACE:-}" ] && unshare -n true 2>/dev/null; then
    IN_NAMESPACE=1 exec unshare -n sh "$0"
fi
[ -z "${IN_NAMESPACE:-}" ] || ip link set lo up

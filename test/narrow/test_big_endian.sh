# SPDX-License-Identifier: Apache-2.0
# The same on a processor of 32 bits whose numbers begin with their highest byte: MIPS, emulated by QEMU. Exit 77: the
# compiler or the emulator is not here (Debian: gcc-mips-linux-gnu, libc6-dev-mips-cross, qemu-user).
set -eu
export NARROW_CC="mips-linux-gnu-gcc -static" NARROW_RUN=qemu-mips NARROW_SAN='' NARROW_CASES="-DCASES=100u -DLIVES=2000u"
exec sh test/narrow/test_narrow.sh

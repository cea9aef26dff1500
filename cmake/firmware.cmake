# SPDX-License-Identifier: Apache-2.0
# Firmware for the software device: programs linked with the device library and the posix port. They need
# an aloft_trust.h of a project, so each is compiled by examples/build.sh, not here.

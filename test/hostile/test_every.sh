# SPDX-License-Identifier: Apache-2.0
# Every reader of foreign bytes over every short input and every single change of its seeds (every.c).
exec tools/result hostile sh test/hostile/every.sh

/* SPDX-License-Identifier: Apache-2.0 */
/* A name under which esp32/component includes ESP-IDF. */
#include "idf_types.h"

#include "idf_calls.h"

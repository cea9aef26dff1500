/* SPDX-License-Identifier: Apache-2.0 */
/* A name under which esp32/ota_demo includes ESP-IDF. */
#include "app_types.h"

#include "app_calls.h"

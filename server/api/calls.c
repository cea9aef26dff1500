/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. The table of calls.
 * Knows: their order.   Never knows: what they do. */
#include "api.h"

const struct call api_calls[] = {
    {page_matches, page_run},
    {report_matches, report_run},
    {manifest_matches, manifest_run},
    {payload_matches, payload_run},
    {0},
};

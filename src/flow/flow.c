/* SPDX-License-Identifier: Apache-2.0 */
/* Room: flow. The order in which bytes travel: verify, decode, flash.
 * Knows: the stages.   Never knows: network, records, when to stop or try again. */
#include "flow.h"

void al_flow_start(struct al_flow *flow, const struct al_flow_plan *plan) {
    al_wire_start(&flow->wire, plan->payload_size, plan->from);
    al_page_start(&flow->page, plan->slot, plan->page, plan->image_size, plan->from);
}

aloft_err al_flow_see(struct al_flow *flow, aloft_bytes bytes, aloft_fault *why) {
    return al_wire_see(&flow->wire, bytes, why);
}

aloft_err al_flow_step(struct al_flow *flow, aloft_bytes *in, aloft_fault *why) {
    aloft_space room;

    if (al_page_is_due(&flow->page))
        return al_page_write(&flow->page, why);
    room = al_page_room(&flow->page);
    al_decode_move(in, &room);
    flow->page.fill = (uint32_t)(room.at - flow->page.buffer.at);
    return ALOFT_OK;
}

bool al_flow_is_busy(const struct al_flow *flow) {
    return al_page_is_due(&flow->page);
}

uint32_t al_flow_at(const struct al_flow *flow) {
    return flow->page.at;
}

bool al_flow_is_whole(const struct al_flow *flow) {
    return flow->page.at == flow->page.size;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Port: sim. The server at the other end of the simulated stream: a request in, an answer out. */
#ifndef SIM_SITE_H
#define SIM_SITE_H

#include "port/sim/sim_net.h"

/** Length of the whole request that stands in net->request, 0: it goes on. */
size_t sim_site_whole(const struct sim_net *net);

/** Answer the request of this length: keeps it as the last one, fills head, body and zeros. */
void sim_site_answer(struct sim_net *net, size_t len);

#endif

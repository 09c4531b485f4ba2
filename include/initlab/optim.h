/* Optimizers: one loop each over a network's flat parameters.
 *
 *     #include <initlab.h>
 *     int main(void) {
 *         il_error err;
 *         il_optimizer optimizer;
 *         il_status s = il_optimizer_parse("momentum(lr=0.1, nesterov=true)", &optimizer, &err);
 *         return s != IL_OK || il_optimizer_slots(&optimizer) != 1;
 *     }
 */
#ifndef INITLAB_OPTIM_H
#define INITLAB_OPTIM_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

extern const il_family il_optimizers; /* sgd momentum adam */

typedef il_call il_optimizer;

/* il_call_parse in the family il_optimizers, without a place. */
il_status il_optimizer_parse(const char *text, il_optimizer *out, il_error *err);

/* What il_network_config needs to know: arrays per parameter and doubles per replica. */
size_t il_optimizer_slots(const il_optimizer *optimizer);
size_t il_optimizer_lane_slots(const il_optimizer *optimizer);

/* Puts one replica's optimizer state to that before the first step. */
void il_optimizer_reset(const il_optimizer *optimizer, il_network *net, size_t replica);

/* One step of every replica along the gradients of the last backward pass. */
void il_optimizer_step(const il_optimizer *optimizer, il_network *net);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

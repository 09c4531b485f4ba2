/* Optimizers, learning-rate schedules, gradient clipping and penalties.
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

/* sgd momentum nesterov adagrad rmsprop adadelta adam amsgrad adamw nadam lion rprop. The formulas and defaults are
 * PyTorch's where it has the optimizer, unless the descriptor says otherwise. */
extern const il_family il_optimizers;

typedef il_call il_optimizer;

/* il_call_parse in the family il_optimizers, without a place. */
il_status il_optimizer_parse(const char *text, il_optimizer *out, il_error *err);

/* What il_network_config needs to know: arrays per parameter and doubles per replica. */
size_t il_optimizer_slots(const il_optimizer *optimizer);
size_t il_optimizer_lane_slots(const il_optimizer *optimizer);

/* Puts one replica's learning rate and optimizer state to those before the first step. */
void il_optimizer_reset(const il_optimizer *optimizer, il_network *net, size_t replica);

/* The learning rate that the optimizer's parameters give. */
double il_optimizer_rate(const il_optimizer *optimizer);

/* One step of every replica along the gradients of the last backward pass, with the network's learning rates.
 * Frozen layers stay. The optimizers' own weight_decay (adamw, lion) is that of the penalty weight_decay. */
void il_optimizer_step(const il_optimizer *optimizer, il_network *net);

/* What a schedule knows of one replica's training. */
typedef struct il_progress {
    uint64_t step;        /* finished steps: 0 before the first */
    uint64_t epoch_steps; /* steps in an epoch */
    uint64_t steps;       /* in the whole training */
} il_progress;

#define IL_SCHEDULE_STATE 4 /* numbers that a schedule remembers */

/* constant step exponential cosine warmup one_cycle plateau. The rates of step, exponential and plateau change after
 * epochs, those of cosine, warmup and one_cycle after steps. */
extern const il_family il_schedules;

/* Whether a schedule can do its work in a training of so many epochs. Errors (IL_INVALID): none where cosine and
 * one_cycle need to know how many, a warm-up that is not shorter. */
il_status il_schedule_check(const il_call *schedule, uint64_t epochs, il_error *err);

/* Puts a schedule's memory, state [IL_SCHEDULE_STATE], to that before the first epoch. */
void il_schedule_reset(const il_call *schedule, double *state);

/* What the learning rate is multiplied with in the next step. */
double il_schedule_factor(const il_call *schedule, const il_progress *at, const double *state);

/* Tells a schedule that watches the loss (plateau) the evaluation loss at the end of an epoch. What was observed before
 * the first epoch counts too. */
bool il_schedule_watches(const il_call *schedule);
void il_schedule_observe(const il_call *schedule, double loss, double *state);

extern const il_family il_clips; /* none value norm */

/* Limits the gradients of the last backward pass, each replica's for itself; frozen layers do not count. What is not
 * finite stays so. */
void il_clip_gradients(const il_call *clip, il_network *net);

extern const il_family il_penalties; /* none l1 l2 elastic weight_decay max_norm */

/* A penalty acts at up to three places of a step, on the weights of all layers that are not frozen, and on biases and
 * normalization parameters only when its `all` is set: on the gradients (l1, l2), on the weights before the optimizer
 * (weight_decay), on the weights after it (max_norm). A step is: gradients, il_penalty_gradients, il_clip_gradients,
 * learning rates, il_penalty_decay, il_optimizer_step, il_penalty_project. */
void il_penalty_gradients(const il_call *penalty, il_network *net);
void il_penalty_decay(const il_call *penalty, il_network *net);
void il_penalty_project(const il_call *penalty, il_network *net);

/* What the penalty adds to each replica's loss, [R]: 0 for those that act on weights only. */
void il_penalty_value(const il_call *penalty, const il_network *net, double *value);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

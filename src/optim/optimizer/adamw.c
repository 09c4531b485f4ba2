/* Adam with a weight decay that does not pass through the moments. */
#include "optim/optimizer/adam.h"
#include "optim/penalty.h"

const il_optimizer_type il_optimizer_adamw = {
    .desc = {.name = "adamw",
             .formula = "w *= 1 - lr*weight_decay, then as adam",
             .source =
                 "Loshchilov & Hutter 2019, algorithm 2; PyTorch's AdamW, which decays biases too",
             .params = {IL_ADAM_PARAMS, IL_PARAM_WEIGHT_DECAY(0.01), IL_PARAM_ALL},
             .n_params = 6},
    .slots = 2,
    .lane_slots = 2,
    .rates = 2,
    .decay = 4,
    .lane_start = 1,
    .advance = il_adam_advance,
    .step = il_adam_step,
};

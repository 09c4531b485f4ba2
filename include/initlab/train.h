/* Training: epochs of mini-batches for the R replicas of a network, each a run of its own.
 *
 * A replica's run depends on its seed and its own number of finished epochs only, so replicas may begin at different
 * times. Nothing is allocated after il_trainer_new.
 *
 *     #include <initlab.h>
 *     int main(void) {
 *         static const il_real X[] = {0, 0, 0, 1, 1, 0, 1, 1}, Y[] = {0, 1, 1, 0};
 *         il_error err;
 *         il_trainer *trainer = NULL;
 *         il_call init, bias;
 *         il_network_config config = {.engine = IL_BLAS, .replicas = 1};
 *         il_training training = {.epochs = 500};
 *         il_samples data = {.n = 4, .X = X, .Y = Y};
 *         if (il_widths_parse("2-8-1", NULL, &config.widths, &err) == IL_OK &&
 *             il_call_parse(&il_activations, "tanh", NULL, &config.hidden, &err) == IL_OK &&
 *             il_call_parse(&il_losses, "bce", NULL, &config.loss, &err) == IL_OK &&
 *             il_call_parse(&il_inits, "xavier_normal", NULL, &init, &err) == IL_OK &&
 *             il_call_parse(&il_inits, "zeros", NULL, &bias, &err) == IL_OK &&
 *             il_optimizer_parse("adam(lr=0.05)", &training.optimizer, &err) == IL_OK &&
 *             il_trainer_new(&config, &training, &data, NULL, &trainer, &err) == IL_OK &&
 *             il_init_network(&init, &bias, il_trainer_network(trainer), 0, 7, &err) == IL_OK)
 *             il_trainer_begin(trainer, 0, 7);
 *         il_real loss = 1, correct = 0;
 *         for (unsigned epoch = 0; trainer && epoch < training.epochs; epoch++)
 *             il_trainer_epoch(trainer, NULL, NULL);
 *         if (trainer)
 *             il_trainer_evaluate(trainer, &data, &loss, &correct);
 *         il_trainer_free(trainer);
 *         return loss > 0.1;
 *     }
 */
#ifndef INITLAB_TRAIN_H
#define INITLAB_TRAIN_H

#include "data.h"
#include "init.h"
#include "network.h"
#include "optim.h"
#include "tensor.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* In which order an epoch visits the samples. Each epoch has a new random order; a full batch has none. */
typedef enum il_order {
    IL_ORDER_PER_SEED, /* drawn by each seed for itself */
    IL_ORDER_SHARED    /* the same for all seeds */
} il_order;

extern const il_family il_batches; /* full batch */

/* The samples in a step that a call of il_batches asks for; 0: all of them. */
size_t il_batch_size(const il_call *batch);

typedef struct il_trainer il_trainer;

/* How a network is trained. */
typedef struct il_training {
    il_call optimizer;
    il_call schedule, clip, penalty; /* desc NULL: constant, none, none */
    size_t batch; /* samples in a step; 0, or at least as many as there are: all of them */
    il_order order;
    bool drop_last;    /* leave out an epoch's last batch when it is not full */
    uint32_t epochs;   /* of the whole training, for schedules */
    uint32_t patience; /* epochs without a lower loss after which a run has stalled; 0: never */

    size_t room; /* samples that a pass of the caller's own may have, beside what training needs */

    /* Called after every step of an epoch, 1 to il_trainer_steps, unless NULL. */
    void (*stepped)(void *context, const il_trainer *trainer, size_t step);
    void *context;
} il_training;

/* Builds the network (the configuration's batch and slots are the trainer's affair) and everything that training it
 * needs. `evaluation` is the largest set that will be evaluated, NULL: none larger than `train`. Errors: those of
 * il_network_new and il_schedule_check, IL_INVALID also for no samples and for calls of other families. */
il_status il_trainer_new(const il_network_config *config, const il_training *training,
                         const il_samples *train, const il_samples *evaluation, il_trainer **out,
                         il_error *err);
void il_trainer_free(il_trainer *trainer);
il_network *il_trainer_network(il_trainer *trainer);

/* Begins a run in one replica whose weights have been initialized: optimizer, schedule and counters start anew. */
void il_trainer_begin(il_trainer *trainer, size_t replica, uint64_t seed);

/* One epoch of every replica. Means over the epoch of each replica's loss, as it was before each step, and of its share
 * of correct samples, both [R], go to `loss` and `accuracy`, unless both are NULL. The share has no meaning when targets
 * are numbers. */
void il_trainer_epoch(il_trainer *trainer, il_real *loss, il_real *accuracy);

/* Mean loss and number of correct samples (without meaning when targets are numbers), both [R], in evaluation mode and in
 * batches of a size that depends on the configuration only. */
void il_trainer_evaluate(il_trainer *trainer, const il_samples *on, il_real *loss,
                         il_real *correct);

/* Tells the replicas the evaluation loss [R] at the end of an epoch: for the plateau schedule and for patience. */
void il_trainer_observe(il_trainer *trainer, const il_real *loss);

/* Whether the loss has not fallen below its least for `patience` epochs. */
bool il_trainer_stalled(const il_trainer *trainer, size_t replica);

/* The first layer, from 1, with a non-finite pre-activation for some sample, which any non-finite parameter of the layer
 * makes; the last when there is none. After il_trainer_evaluate on the same samples. */
size_t il_trainer_diverged_layer(il_trainer *trainer, const il_samples *on, size_t replica);

/* il_network_keep, with everything that the trainer knows of the replicas. */
void il_trainer_keep(il_trainer *trainer, const size_t *lanes, size_t n);

/* What the trainer does not know of a training, such as its data. */
typedef struct il_remark {
    const char *key, *text;
} il_remark;

/* Writes everything that the replicas' training depends on to a file (.safetensors; what the file was stays as PATH.1),
 * with what kind of training it is and the caller's n remarks. Errors: those of il_tensors_write. */
il_status il_trainer_save(const il_trainer *trainer, const il_remark *remarks, size_t n,
                          const char *path, il_error *err);

/* Puts a trainer of the same kind, with as many replicas, to where it was saved: training goes on as if it had never
 * stopped, to the bit in the lockstep engine, and in the blas engine on the same processor with the same OpenBLAS. Where PATH
 * cannot be read PATH.1 serves; *older tells. Errors: those of il_tensors_read; IL_INVALID: a remark or a size differs, or
 * with a schedule that follows the whole training (cosine, one_cycle) its number of epochs.
 * On an error the trainer is as it was. */
il_status il_trainer_load(il_trainer *trainer, const il_remark *remarks, size_t n, const char *path,
                          bool *older, il_error *err);

/* Means over the steps of the current epoch, inside `stepped`, of a replica's loss and share of correct samples. */
void il_trainer_so_far(const il_trainer *trainer, size_t replica, double *loss, double *accuracy);

/* Finished epochs of a replica's run. */
uint64_t il_trainer_finished(const il_trainer *trainer, size_t replica);

/* Steps in an epoch. */
size_t il_trainer_steps(const il_trainer *trainer);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

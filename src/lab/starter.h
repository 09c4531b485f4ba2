/* How an arm's runs begin: each replica initialized from its seed, and from the training samples where the scheme looks
 * at data. */
#ifndef IL_LAB_STARTER_H
#define IL_LAB_STARTER_H

#include "initlab/study.h"

typedef struct il_starter {
    il_initializer initializer;
    il_network *fitting; /* in whose first replica a data-dependent scheme works, else NULL */
    il_samples fit;      /* what it looks at, in `block` */
    il_real *block;
} il_starter;

/* `train` is the training set. To be closed also after an error. */
il_status il_starter_open(const il_arm *arm, const il_samples *train, il_starter *out,
                          il_error *err);
void il_starter_close(il_starter *starter);

/* Initializes one replica of a network of the arm: the same bits in any replica of any network. */
il_status il_starter_start(const il_starter *starter, il_network *net, size_t replica,
                           uint64_t seed, il_error *err);

#endif

/* Which of a file's labelled samples become a dataset: some classes, a subset of those that train, labels that lie. */
#ifndef IL_DATA_LABELLED_H
#define IL_DATA_LABELLED_H

#include "data/source.h"

#define IL_BYTE_LABELS 256

/* What a call asks for. */
typedef struct il_wanted {
    const char *name;    /* of the dataset, for messages */
    double n;            /* samples that train; NAN: all */
    double noise;        /* the share of their labels that is replaced */
    const char *classes; /* "all", or a set such as "0-4" */
    uint64_t seed;
} il_wanted;

/* The labels of one part's samples, in the file's order. */
typedef struct il_labels {
    size_t n, kept;
    uint8_t *label; /* [n], renumbered for those that are kept */
    bool *keep;     /* [n] */
} il_labels;

/* Room for n labels, all kept; released with il_labels_free. */
il_status il_labels_new(size_t n, il_labels *out, il_error *err);
void il_labels_free(il_labels *labels);

/* Keeps what is wanted of both parts (`test` may have n = 0), whose labels are below `classes`. Classes that are wanted
 * are numbered from 0 in their order, and *kept says how many they are.
 *
 * Which samples of them train follows from (seed, the samples that have these classes): of n and m > n samples, the
 * first n are the same. Labels are replaced, each with probability `noise`, by a class drawn from all that are wanted,
 * the true one included, as by Zhang et al. 2017; which ones follows from (seed, place in the file), so that neither n
 * nor a lower noise changes what else is replaced. Labels that test are never replaced. */
il_status il_labels_choose(const il_wanted *wanted, size_t classes, il_labels *train,
                           il_labels *test, size_t *kept, il_error *err);

#endif

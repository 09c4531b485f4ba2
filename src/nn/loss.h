/* Loss descriptors: value, accuracy and gradient in one pass, always from logits.
 * A loss is one file in nn/loss and one line in its registry. */
#ifndef IL_NN_LOSS_H
#define IL_NN_LOSS_H

#include "initlab/network.h"

/* One evaluation. Means are PyTorch's reduction='mean': of bce, mse, mae and huber over samples and outputs, of
 * softmax_ce, hinge and perceptron over samples. A logit that is not finite gives a loss that is not. */
typedef struct il_loss_pass {
    size_t n, outputs, R;
    const il_real *z; /* logits [n][outputs][R] */
    const il_real
        *Y; /* targets [n][outputs], shared by all replicas, or with `own` [n][outputs][R] */
    bool own;
    il_real *loss;    /* [R] */
    il_real *correct; /* [R]: samples classified correctly */
    il_real *delta;   /* [n][outputs][R]: gradient of the mean loss with respect to z */
    il_real *scratch; /* [3][R] */
    il_real *row;     /* [R] where shared targets are spread */
} il_loss_pass;

typedef struct il_loss_type {
    il_desc desc;
    size_t min_outputs;
    bool classes; /* targets must be of classes; else numbers will do */
    void (*evaluate)(const double *arg, const il_loss_pass *pass);
} il_loss_type;

extern const il_loss_type il_loss_bce, il_loss_hinge, il_loss_huber, il_loss_mae, il_loss_mse,
    il_loss_perceptron, il_loss_softmax_ce;

static inline const il_loss_type *il_loss_of(const il_call *call) {
    return (const il_loss_type *)(const void *)call->desc;
}

#endif

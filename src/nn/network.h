/* The network's one struct, for the files of nn that share it. */
#ifndef IL_NN_NETWORK_H
#define IL_NN_NETWORK_H

#include "initlab/network.h"
#include "linalg/gemm.h"

struct il_network {
    const il_gemm_engine *gemm;
    il_team *team; /* that shares the work of a pass; NULL: the caller alone */
    il_call loss;
    size_t R, n_layers, size, running_size, batch, slots, lane_slots;
    size_t stride;           /* elements between parameter-shaped arrays, fixed while R shrinks */
    il_real *parameters;     /* 2 + slots arrays: parameters, gradients, slots, each [size][R] */
    il_real *running;        /* [running_size][R] */
    double *lane_slot_block; /* [lane_slots][R] */
    double *learning_rates;  /* [R] */
    il_real *rates;          /* [IL_MAX_RATES][max(R, IL_SPAN)] */
    il_real *staging;        /* one layer of one replica */
    il_real *scratch, *row;  /* [3][R] and [R], of the loss */
    double *sums;            /* [2 max(units, batch) R] of the norms */
    il_real *partial;        /* sums of a product */
    uint32_t *words;         /* [4 IL_MASK_BLOCKS][R] of dropout, and its positions [R] */
    uint64_t *block;
    il_layer layer[]; /* [n_layers] */
};

/* What il_network_new refuses. */
il_status il_network_check(const il_network_config *config, il_error *err);

/* Sets the pointers to parameters, gradients and running statistics, which depend on R. */
void il_network_place(il_network *net);

#endif

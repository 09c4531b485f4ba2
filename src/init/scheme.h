/* The schemes, by file. A new one is a file here, a line below and a line in registry.c. */
#ifndef IL_INIT_SCHEME_H
#define IL_INIT_SCHEME_H

#include "initlab/init.h"

extern const il_init_type il_init_zeros, il_init_ones, il_init_constant;
extern const il_init_type il_init_normal, il_init_uniform, il_init_truncated_normal;
extern const il_init_type il_init_xavier_uniform, il_init_xavier_normal, il_init_he_uniform,
    il_init_he_normal, il_init_lecun_uniform, il_init_lecun_normal, il_init_variance_scaling;
extern const il_init_type il_init_critical;
extern const il_init_type il_init_identity, il_init_zero_hadamard;
extern const il_init_type il_init_orthogonal;
extern const il_init_type il_init_sparse, il_init_sparse_columns;
extern const il_init_type il_init_random_walk, il_init_rai;
extern const il_init_type il_init_torch_linear, il_init_keras_dense, il_init_flax_dense,
    il_init_caffe_xavier, il_init_kann, il_init_genann, il_init_fann, il_init_tinn,
    il_init_darknet_dense, il_init_ggml_mnist, il_init_tiny_dnn, il_init_minidnn,
    il_init_sklearn_mlp, il_init_playground;
extern const il_init_type il_init_lsuv, il_init_data_dependent, il_init_weight_norm_dd;
extern const il_init_type il_init_meta_init, il_init_grad_init;
extern const il_init_type il_init_pretrained;

#endif

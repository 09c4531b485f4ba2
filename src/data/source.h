/* Dataset descriptors. A dataset is one file in src/data and one line in its registry; so are a split and a scaling. */
#ifndef IL_DATA_SOURCE_H
#define IL_DATA_SOURCE_H

#include "initlab/data.h"

/* Where samples come from. */
typedef enum il_data_origin {
    IL_COMPUTED,
    IL_EMBEDDED, /* they are part of the library */
    IL_FETCHED,  /* files that are looked for in the folders; data/fetch.sh NAME brings them */
    IL_OWN       /* files that the call names */
} il_data_origin;

#define IL_PATH 4096 /* bytes of a path */

typedef struct il_dataset_type {
    il_desc desc;
    /* The samples unscaled, those of a test set of its own last and counted in part[IL_TEST]. */
    il_status (*make)(const il_call *call, const il_folders *folders, il_dataset **out,
                      il_error *err);
    il_data_origin origin;
    /* IL_FETCHED: the folder in which all its files lie. */
    il_status (*find)(const il_call *call, const il_folders *folders, char path[IL_PATH],
                      il_error *err);
} il_dataset_type;

extern const il_dataset_type il_dataset_and, il_dataset_or, il_dataset_xor, il_dataset_parity,
    il_dataset_spirals, il_dataset_blobs, il_dataset_moons, il_dataset_circles,
    il_dataset_checkerboard, il_dataset_gaussian, il_dataset_shapes, il_dataset_teacher,
    il_dataset_linear, il_dataset_sine, il_dataset_cubic, il_dataset_step, il_dataset_friedman;
extern const il_dataset_type il_dataset_digits, il_dataset_iris;
extern const il_dataset_type il_dataset_mnist, il_dataset_fashion_mnist, il_dataset_kmnist,
    il_dataset_emnist, il_dataset_idx, il_dataset_csv, il_dataset_npy, il_dataset_npz;

typedef struct il_split_type {
    il_desc desc;
    /* Reorders the samples that train and counts the parts; NULL: as they are. */
    il_status (*split)(const il_call *call, il_dataset *data, il_error *err);
} il_split_type;

extern const il_split_type il_split_random;

typedef struct il_scaling_type {
    il_desc desc;
    /* Scales all samples by what the training samples say; NULL: not at all. */
    void (*scale)(il_dataset *data);
} il_scaling_type;

extern const il_scaling_type il_scaling_auto, il_scaling_center, il_scaling_scale01,
    il_scaling_standardize;

/* What a dataset has: inputs as numbers, or as pixels of pictures when `rows` is given, and labels, or targets when
 * `outputs` is given. */
typedef struct il_dataset_shape {
    size_t n, inputs, classes, outputs;
    size_t rows, columns;
    uint8_t white; /* 0: 255 */
} il_dataset_shape;

/* An empty dataset in one allocation, freed by il_dataset_free; all samples train. */
il_status il_dataset_allocate(const il_dataset_shape *shape, il_dataset **out, il_error *err);

/* Exchanges samples i and j. */
void il_dataset_swap(il_dataset *data, size_t i, size_t j);

#endif

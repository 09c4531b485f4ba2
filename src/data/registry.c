#include "data/source.h"

static const il_desc *const items[] = {
    &il_dataset_and.desc,      &il_dataset_or.desc,       &il_dataset_xor.desc,
    &il_dataset_parity.desc,   &il_dataset_spirals.desc,  &il_dataset_blobs.desc,
    &il_dataset_moons.desc,    &il_dataset_circles.desc,  &il_dataset_checkerboard.desc,
    &il_dataset_gaussian.desc, &il_dataset_shapes.desc,   &il_dataset_teacher.desc,
    &il_dataset_linear.desc,   &il_dataset_sine.desc,     &il_dataset_cubic.desc,
    &il_dataset_step.desc,     &il_dataset_friedman.desc, &il_dataset_digits.desc,
    &il_dataset_iris.desc,     &il_dataset_mnist.desc,    &il_dataset_fashion_mnist.desc,
    &il_dataset_kmnist.desc,   &il_dataset_emnist.desc,   &il_dataset_idx.desc,
    &il_dataset_csv.desc,      &il_dataset_npy.desc,      &il_dataset_npz.desc,
};

const il_family il_datasets = {
    .kind = "dataset", .items = items, .n = sizeof items / sizeof *items};

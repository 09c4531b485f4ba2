#include "data/source.h"

static const il_desc *const items[] = {
    &il_dataset_and.desc,    &il_dataset_or.desc,      &il_dataset_xor.desc,
    &il_dataset_parity.desc, &il_dataset_spirals.desc, &il_dataset_blobs.desc,
};

const il_family il_datasets = {
    .kind = "dataset", .items = items, .n = sizeof items / sizeof *items};

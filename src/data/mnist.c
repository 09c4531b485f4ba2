/* MNIST and the datasets in its format: found by name, or any such files. */
#include "data/find.h"
#include "data/idx.h"

#include <stdio.h>
#include <string.h>

#define CHOICE                                                                                     \
    {.name = "n",                                                                                  \
     .doc = "samples that train, chosen at random: more only add; auto is all",                    \
     .kind = IL_INTEGER,                                                                           \
     .initial = __builtin_nan(""),                                                                 \
     .min = 1,                                                                                     \
     .max = 1e6,                                                                                   \
     .automatic = true},                                                                           \
        {.name = "noise",                                                                          \
         .doc = "share of the training labels that is replaced by classes drawn uniformly",        \
         .max = 1},                                                                                \
        {.name = "classes",                                                                        \
         .doc = "classes that are kept, counted from 0, such as 0-4; they are renumbered from 0",  \
         .kind = IL_TEXT,                                                                          \
         .word = "all"},                                                                           \
    {                                                                                              \
        .name = "seed", .doc = "of the choice and the noise", .kind = IL_INTEGER, .initial = 1,    \
        .max = 9007199254740992                                                                    \
    }

/* The parameters of CHOICE, after `before` others. */
static il_wanted wanted_of(const il_call *call, size_t before) {
    enum { N, NOISE, CLASSES, SEED };
    return (il_wanted){.name = call->desc->name,
                       .n = call->arg[before + N],
                       .noise = call->arg[before + NOISE],
                       .classes = il_call_string(call, before + CLASSES),
                       .seed = (uint64_t)call->arg[before + SEED]};
}

/* In the order of a set's files. */
static il_idx paths_of(const il_found *found) {
    return (il_idx){.images = found->path[0],
                    .labels = found->path[1],
                    .test_images = found->path[2],
                    .test_labels = found->path[3]};
}

/* Files that are called as those of MNIST are; other datasets of that kind must lie in folders of their own names. */
static il_partners plain_files(const il_call *call) {
    return (il_partners){.name = call->desc->name,
                         .anywhere = strcmp(call->desc->name, "mnist") == 0,
                         .file = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                  "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};
}

static il_status find_folder(const il_partners *files, const il_folders *folders,
                             char path[IL_PATH], il_error *err) {
    il_found found;
    il_status status = il_find_files(files, folders, &found, err);
    if (status == IL_OK)
        memcpy(path, found.folder, IL_PATH);
    return status;
}

static il_status find_plain(const il_call *call, const il_folders *folders, char path[IL_PATH],
                            il_error *err) {
    const il_partners files = plain_files(call);
    return find_folder(&files, folders, path, err);
}

static il_status make_plain(const il_call *call, const il_folders *folders, il_dataset **out,
                            il_error *err) {
    il_found found;
    const il_partners names = plain_files(call);
    const il_wanted wanted = wanted_of(call, 0);
    il_status status = il_find_files(&names, folders, &found, err);
    if (status != IL_OK)
        return status;
    il_idx files = paths_of(&found);
    files.classes = 10;
    return il_idx_load(&files, &wanted, out, err);
}

const il_dataset_type il_dataset_mnist = {
    .desc = {.name = "mnist",
             .formula = "handwritten digits, 28x28 pixels, 60000 train and 10000 test",
             .source = "LeCun, Cortes & Burges 1998",
             .params = {CHOICE},
             .n_params = 4},
    .make = make_plain,
    .origin = IL_FETCHED,
    .find = find_plain,
};

const il_dataset_type il_dataset_fashion_mnist = {
    .desc = {.name = "fashion_mnist",
             .formula = "clothes of 10 kinds, 28x28 pixels, 60000 train and 10000 test",
             .source = "Xiao, Rasul & Vollgraf 2017",
             .params = {CHOICE},
             .n_params = 4},
    .make = make_plain,
    .origin = IL_FETCHED,
    .find = find_plain,
};

const il_dataset_type il_dataset_kmnist = {
    .desc = {.name = "kmnist",
             .formula = "10 cursive Japanese characters, 28x28 pixels, 60000 train and 10000 test",
             .source = "Clanuwat et al. 2018",
             .params = {CHOICE},
             .n_params = 4},
    .make = make_plain,
    .origin = IL_FETCHED,
    .find = find_plain,
};

/* The splits of EMNIST, in the order of the parameter's choices. */
static const struct {
    const char *name;
    size_t classes;
    uint8_t first;
} splits[] = {{"balanced", 47, 0}, {"byclass", 62, 0}, {"bymerge", 47, 0},
              {"letters", 26, 1},  {"digits", 10, 0},  {"mnist", 10, 0}};

static il_partners emnist_files(const il_call *call) {
    static const char *const ends[IL_PARTNERS] = {"train-images-idx3", "train-labels-idx1",
                                                  "test-images-idx3", "test-labels-idx1"};
    il_partners files = {.name = "emnist", .anywhere = true};
    for (size_t i = 0; i < IL_PARTNERS; i++)
        snprintf(files.file[i], sizeof files.file[i], "emnist-%s-%s-ubyte",
                 splits[(size_t)call->arg[0]].name, ends[i]);
    return files;
}

static il_status find_emnist(const il_call *call, const il_folders *folders, char path[IL_PATH],
                             il_error *err) {
    const il_partners files = emnist_files(call);
    return find_folder(&files, folders, path, err);
}

static il_status make_emnist(const il_call *call, const il_folders *folders, il_dataset **out,
                             il_error *err) {
    il_found found;
    const il_partners names = emnist_files(call);
    const il_wanted wanted = wanted_of(call, 1);
    size_t split = (size_t)call->arg[0];
    il_status status = il_find_files(&names, folders, &found, err);
    if (status != IL_OK)
        return status;
    il_idx files = paths_of(&found);
    files.classes = splits[split].classes;
    files.first = splits[split].first;
    files.transposed = true;
    return il_idx_load(&files, &wanted, out, err);
}

const il_dataset_type il_dataset_emnist = {
    .desc = {.name = "emnist",
             .formula = "handwritten digits and letters, 28x28 pixels, turned upright",
             .source = "Cohen, Afshar, Tapson & van Schaik 2017",
             .params = {{.name = "split",
                         .doc = "which of the splits that it is distributed in",
                         .kind = IL_CHOICE,
                         .choices = "balanced|byclass|bymerge|letters|digits|mnist"},
                        CHOICE},
             .n_params = 5},
    .make = make_emnist,
    .origin = IL_FETCHED,
    .find = find_emnist,
};

enum { IMAGES, LABELS, TEST_IMAGES, TEST_LABELS, PATHS };

static il_status make_idx(const il_call *call, const il_folders *folders, il_dataset **out,
                          il_error *err) {
    (void)folders;
    const il_idx files = {.images = il_call_string(call, IMAGES),
                          .labels = il_call_string(call, LABELS),
                          .test_images = il_call_string(call, TEST_IMAGES),
                          .test_labels = il_call_string(call, TEST_LABELS)};
    const il_wanted wanted = wanted_of(call, PATHS);
    if (!*files.test_images != !*files.test_labels)
        return il_fail(err, IL_INVALID, "idx: give both test_images= and test_labels=, or none");
    return il_idx_load(&files, &wanted, out, err);
}

const il_dataset_type il_dataset_idx = {
    .desc = {.name = "idx",
             .formula = "images and labels from idx files, with .gz or without",
             .source = "LeCun, Cortes & Burges 1998",
             .params = {{.name = "images", .doc = "path of the images", .kind = IL_TEXT},
                        {.name = "labels", .doc = "path of their labels", .kind = IL_TEXT},
                        {.name = "test_images",
                         .doc = "path of a test set's images",
                         .kind = IL_TEXT,
                         .word = ""},
                        {.name = "test_labels",
                         .doc = "path of their labels",
                         .kind = IL_TEXT,
                         .word = ""},
                        CHOICE},
             .n_params = 8},
    .make = make_idx,
    .origin = IL_OWN,
};

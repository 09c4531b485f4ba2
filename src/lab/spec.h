/* The spec: a study's YAML as typed values, before its lists are expanded into arms.
 *
 * One table says of every key what it holds, its default and what it is for; reading, validation
 * and messages follow from it. */
#ifndef IL_LAB_SPEC_H
#define IL_LAB_SPEC_H

#include "initlab/study.h"
#include "lab/yaml.h"

#define IL_SPEC_BYTES 1048576 /* the longest study, in bytes */

/* The keys after those of il_key, whose lists make arms. */
enum {
    IL_SPEC_STUDY = IL_KEYS,
    IL_SPEC_ORDER,
    IL_SPEC_LAST,
    IL_SPEC_EVALUATE,
    IL_SPEC_PATIENCE,
    IL_SPEC_SEEDS,
    IL_SPEC_BUDGET,
    IL_SPEC_CONVERGED,
    IL_SPEC_BASELINE,
    IL_SPEC_ENGINE,
    IL_SPEC_RECORD,
    IL_SPEC_KEYS
};

typedef enum il_spec_kind {
    IL_SPEC_CALL,   /* a call of `family` */
    IL_SPEC_WIDTHS, /* widths of a network */
    IL_SPEC_NAME,   /* printable text */
    IL_SPEC_COUNT,  /* a whole number from 1 to `max` */
    IL_SPEC_CRITERION,
    IL_SPEC_WORD /* one of `words` */
} il_spec_kind;

/* Only the keys of il_key take lists. */
typedef struct il_spec_key {
    const char *name;
    const char *alias; /* another name, or NULL */
    il_spec_kind kind;
    const char *initial; /* the default, or NULL */
    bool required;
    const il_family *family;
    const char *const *words;
    size_t n_words;
    size_t max;
    const char *doc;
} il_spec_key;

extern const il_spec_key il_spec_keys[IL_SPEC_KEYS];

/* The index of a key; IL_INVALID with the nearest match when there is none. */
il_status il_spec_find_key(const char *word, size_t n, const il_place *place, size_t *out,
                           il_error *err);

/* The index of `word` among words[n], or n. */
size_t il_spec_find_word(const char *const *words, size_t n, const char *word);

/* The values of one key; `call` or `widths` is NULL, by the key's kind. */
typedef struct il_spec_list {
    size_t n;
    bool given;        /* or the default */
    il_place *place;   /* [n] */
    il_call *call;     /* [n] */
    il_widths *widths; /* [n] */
} il_spec_list;

/* What `engine:` asks for. */
typedef enum il_spec_engine { IL_SPEC_AUTO, IL_SPEC_LOCKSTEP, IL_SPEC_BLAS } il_spec_engine;

typedef struct il_spec {
    char name[128];
    il_spec_list list[IL_KEYS];
    size_t seeds, budget, patience;
    double half_width; /* of seeds: auto; 0: seeds is their number */
    il_order order;
    bool drop_last;
    il_judges judges;
    il_place judges_place;
    il_criterion converged;
    il_place converged_place;
    size_t baseline; /* its index in list[IL_KEY_INIT]; SIZE_MAX: none */
    il_spec_engine engine;
    il_call record;
    il_place whole;    /* the file without a line */
    il_yaml **sources; /* [n_sources], the file and the overrides: they hold what places point to */
    size_t n_sources;
} il_spec;

/* See il_study_parse_with. On any error nothing is left to free. */
il_status il_spec_read(const il_sources *sources, const char *text, size_t size, const char *name,
                       const char *const *overrides, size_t n, il_spec *out, il_error *err);
void il_spec_free(il_spec *spec);

/* A study put together from the text of a file, unless `text` is NULL, and from maps of keys, each of which replaces what
 * is before it. What the whole lacks is said to be missing at `whole`. Its name and its baseline are not looked at. */
typedef struct il_spec_layers {
    const char *text; /* [size] */
    size_t size;
    const char *name;               /* of the text in messages */
    const il_yaml_node *const *map; /* [n] */
    size_t n;
    il_place whole;
} il_spec_layers;

il_status il_spec_read_layers(const il_sources *sources, const il_spec_layers *layers, il_spec *out,
                              il_error *err);

/* The study of a spec that has been read. */
il_status il_spec_study(const il_spec *spec, const il_folders *folders, il_study **out,
                        il_error *err);

/* Every pair of values that must fit. data[i * splits + k] becomes dataset i, split in way k and scaled in the first
 * way, for the caller to free, also after an error. */
il_status il_spec_check(const il_spec *spec, const il_folders *folders, il_dataset **data,
                        il_error *err);

/* How many of a dataset's samples a step takes. */
size_t il_step_samples(const il_call *batch, size_t samples);

/* The engine for a network and the samples in a step. It depends on the spec alone and never on how many seeds,
 * workers or lanes there are: adding seeds must not change a result. */
il_engine il_engine_auto(const il_widths *widths, size_t samples);

#endif

/* What the files of spec share while a study is read: spec.c finds the node of each key, spec_list.c reads the keys whose
 * lists make arms, spec_value.c the others. */
#ifndef IL_LAB_SPEC_READER_H
#define IL_LAB_SPEC_READER_H

#include "lab/spec.h"

typedef struct il_spec_reader {
    il_spec *spec;
    const il_family *inits; /* what stands for il_inits */
    const char *weights;    /* il_sources' */
    const il_yaml_node
        *value[IL_SPEC_KEYS]; /* the node of each key, NULL where the default holds */
    bool nameless;            /* the caller names the study */
    il_error *err;
} il_spec_reader;

/* Fails unless a node is one value that is there. Calls, widths, criteria and the rest are all text first. */
il_status il_spec_check_text(const il_spec_reader *r, const char *key, const il_yaml_node *node);

/* Whether items i and j of a list are the same call or the same widths. */
bool il_spec_equal_items(const il_spec_list *list, size_t i, size_t j);

/* One key's values into r->spec: a key of il_key; the study's name; any other key. */
il_status il_spec_read_list(const il_spec_reader *r, size_t key);
il_status il_spec_read_name(const il_spec_reader *r);
il_status il_spec_read_value(const il_spec_reader *r, size_t key);

il_status il_spec_no_memory(const il_spec_reader *r);

#endif

/* One YAML document as a tree in which every node knows its place.
 *
 * A subset of YAML: one document; no anchors, aliases or tags; at most IL_YAML_DEPTH levels.
 * Scalars are text, whose type is the reader's affair: `no` is not false here. The tree is built
 * from libyaml's events, as its own documents no longer show anchors and tags. */
#ifndef IL_LAB_YAML_H
#define IL_LAB_YAML_H

#include "initlab/expr.h"

#define IL_YAML_DEPTH 8

typedef enum il_yaml_kind { IL_YAML_TEXT, IL_YAML_LIST, IL_YAML_MAP } il_yaml_kind;

typedef struct il_yaml_node {
    il_yaml_kind kind;
    bool quoted;    /* text in quotes, or a block of lines */
    bool flow;      /* a list between [ ] */
    il_place place; /* column 0 when the text's bytes are not those of one line of the file */
    size_t n;       /* bytes of text, items of a list, pairs of a map */
    struct il_yaml_node *child; /* the first item, or the first key; each key's next is its value */
    struct il_yaml_node *next;
    struct il_yaml_node *previous_made; /* all nodes, for release */
    char text[];                        /* UTF-8 with no zero byte inside */
} il_yaml_node;

typedef struct il_yaml {
    il_yaml_node *root; /* NULL when there is no content */
    il_yaml_node *last_made;
    char name[]; /* what every place calls the file */
} il_yaml;

/* Reads text[size], UTF-8. Errors: IL_INVALID with the place, IL_NO_MEMORY. */
il_status il_yaml_parse(const char *text, size_t size, const char *name, il_yaml **out,
                        il_error *err);
void il_yaml_free(il_yaml *yaml);

#endif

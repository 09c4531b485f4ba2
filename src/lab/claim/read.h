/* What the files that read claims share. Data flows one way: read.c has the file, read_claim.c each claim's keys,
 * read_setup.c the studies that they make, and read_possible.c whether these can decide it. */
#ifndef IL_LAB_CLAIM_READ_H
#define IL_LAB_CLAIM_READ_H

#include "lab/claim/keys.h"
#include "lab/claim/measure.h"

typedef struct il_claim_reader {
    const il_sources *sources;
    il_claims *claims;
    il_yaml *yaml;
    il_yaml_node *file[IL_FILE_KEYS], *value[IL_CLAIM_KEYS]; /* of the file, of the claim … */
    il_yaml_node *full[IL_FULL_KEYS]; /* … and of its full variant, where that is asked for */
    double alpha;
    il_error *err;
} il_claim_reader;

/* One line of printable text; *out stays as it is where there is none. */
il_status il_claim_read_line(const il_claim_reader *r, const il_claim_key *key, il_yaml_node *node,
                             const char **out);

/* A number in (0, most]; *out stays as it is where there is none. */
il_status il_claim_read_number(const il_claim_reader *r, const char *name, const il_yaml_node *node,
                               double most, double *out);

/* All of a claim; its studies; and whether runs can decide it, once it has them. */
il_status il_claim_read(il_claim_reader *r, const il_yaml_node *map, il_claim *claim);
il_status il_claim_read_studies(const il_claim_reader *r, il_claim *claim);
il_status il_claim_possible(const il_claim_reader *r, const il_claim *claim);

/* Whether a test, or a property, is of two arms. */
bool il_claim_compares(const il_claim *claim);

#endif

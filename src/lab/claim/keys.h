/* The keys of a file of claims, in three tables: of the file, of a claim and of what replaces a claim's own in its full
 * variant. */
#ifndef IL_LAB_CLAIM_KEYS_H
#define IL_LAB_CLAIM_KEYS_H

#include "lab/yaml.h"

enum { IL_FILE_TITLE, IL_FILE_ALPHA, IL_FILE_SETUP, IL_FILE_CLAIMS, IL_FILE_KEYS };

enum {
    IL_CLAIM_ID,
    IL_CLAIM_SENTENCE,
    IL_CLAIM_SOURCE,
    IL_CLAIM_INSIGHT,
    IL_CLAIM_SETUP,
    IL_CLAIM_A,
    IL_CLAIM_B,
    IL_CLAIM_TEST,
    IL_CLAIM_PROPERTY,
    IL_CLAIM_BITS,
    IL_CLAIM_ALPHA,
    IL_CLAIM_N_MAX,
    IL_CLAIM_NEGLIGIBLE,
    IL_CLAIM_TUNE,
    IL_CLAIM_FULL,
    IL_CLAIM_EXPECT,
    IL_CLAIM_KEYS
};

enum { IL_FULL_SETUP, IL_FULL_A, IL_FULL_B, IL_FULL_TUNE, IL_FULL_KEYS };

typedef struct il_claim_key {
    const char *name;
    il_yaml_kind kind;
    bool required;
    const char *doc;
} il_claim_key;

extern const il_claim_key il_file_keys[IL_FILE_KEYS], il_claim_keys[IL_CLAIM_KEYS],
    il_full_keys[IL_FULL_KEYS];

/* value[i] becomes the node of keys[i], of its kind and not empty, or NULL where it is absent. `place`: where a key that
 * is missing is missed. */
il_status il_claim_keys_read(const il_claim_key *keys, size_t n, const il_yaml_node *map,
                             const il_place *place, il_yaml_node **value, il_error *err);

#endif

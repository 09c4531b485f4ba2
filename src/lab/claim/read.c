/* Claims from YAML. */
#include "lab/claim/read.h"
#include "io/file.h"
#include "lab/spec.h"

#include <stdlib.h>
#include <string.h>

#define ALPHA 0.001

static il_status read_file(il_claim_reader *r) {
    const il_yaml_node *root = r->yaml->root;
    const il_place whole = {r->yaml->name, 0, 0};
    const char *title = NULL;
    r->alpha = ALPHA;
    if (!root || root->n == 0)
        return il_fail_at(r->err, &whole, 0, "empty: expected claims:");
    if (root->kind != IL_YAML_MAP)
        return il_fail_at(r->err, &root->place, 0, "expected claims:, and a list of them");
    il_status status =
        il_claim_keys_read(il_file_keys, IL_FILE_KEYS, root, &whole, r->file, r->err);
    if (status == IL_OK)
        status =
            il_claim_read_line(r, &il_file_keys[IL_FILE_TITLE], r->file[IL_FILE_TITLE], &title);
    if (status == IL_OK)
        status = il_claim_read_number(r, "alpha", r->file[IL_FILE_ALPHA], 0.5, &r->alpha);
    if (status != IL_OK)
        return status;
    const il_yaml_node *list = r->file[IL_FILE_CLAIMS];
    if (list->n > IL_MAX_CLAIMS)
        return il_fail_at(r->err, &list->place, 0, "%zu claims: at most %d are accepted in a file",
                          list->n, IL_MAX_CLAIMS);
    r->claims->claim = calloc(list->n, sizeof *r->claims->claim);
    if (!r->claims->claim)
        return il_fail(r->err, IL_NO_MEMORY, "no memory for %zu claims", list->n);
    size_t tests = 0;
    for (const il_yaml_node *map = list->child; map && status == IL_OK; map = map->next) {
        il_claim *claim = &r->claims->claim[r->claims->n++];
        claim->group = title;
        status = il_claim_read(r, map, claim);
        tests += claim->tier != IL_STATISTICAL ? 0 : claim->n_rates > 0 ? 2 : 1;
    }
    for (size_t i = 0; i < r->claims->n; i++)
        r->claims->claim[i].tests = tests;
    return status;
}

/* The folder of a file with its slash, "" for one in the working directory; NULL without memory. */
static char *folder_of(const char *name) {
    const char *slash = strrchr(name, '/');
    size_t n = slash ? (size_t)(slash + 1 - name) : 0;
    char *folder = malloc(n + 1);
    if (folder) {
        memcpy(folder, name, n);
        folder[n] = '\0';
    }
    return folder;
}

il_status il_claims_parse(const il_sources *sources, const char *text, size_t size,
                          const char *name, il_claims **out, il_error *err) {
    il_sources beside = sources ? *sources : (il_sources){0};
    const il_place place = {name, 0, 0};
    *out = NULL;
    if (size > IL_SPEC_BYTES)
        return il_fail_at(err, &place, 0, "%zu bytes are no claims: at most %d are accepted", size,
                          IL_SPEC_BYTES);
    char *folder = folder_of(name);
    beside.weights = folder;
    il_claim_reader r = {.sources = &beside, .claims = calloc(1, sizeof *r.claims), .err = err};
    if (!r.claims || !folder) {
        free(r.claims);
        free(folder);
        return il_fail(err, IL_NO_MEMORY, "no memory for claims");
    }
    il_status status = il_yaml_parse(text, size, name, &r.yaml, err);
    r.claims->text = status == IL_OK ? r.yaml : NULL;
    if (status == IL_OK)
        status = read_file(&r);
    free(folder);
    if (status == IL_OK)
        *out = r.claims;
    else
        il_claims_free(r.claims);
    return status;
}

il_status il_claims_load(const il_sources *sources, const char *path, il_claims **out,
                         il_error *err) {
    static const il_file_kind kind = {"file of claims", IL_SPEC_BYTES, false};
    char *text;
    size_t size;
    *out = NULL;
    il_status status = il_file_load(path, &kind, &text, &size, err);
    if (status == IL_OK)
        status = il_claims_parse(sources, text, size, path, out, err);
    free(text);
    return status;
}

void il_claims_free(il_claims *claims) {
    for (size_t i = 0; claims && i < claims->n; i++) {
        il_study_free(claims->claim[i].a);
        il_study_free(claims->claim[i].b);
    }
    if (claims) {
        free(claims->claim);
        il_yaml_free(claims->text);
    }
    free(claims);
}

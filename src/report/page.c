#include "report/page.h"
#include "report/panels.h"

#include "lab/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Insertion keeps the study's order among equals. */
static void sort_arms(page *p) {
    for (size_t i = 0; i < p->a->n_arms; i++) {
        size_t at = i;
        for (; at > 0 && p->a->arms[p->order[at - 1]].rmst > p->a->arms[i].rmst; at--)
            p->order[at] = p->order[at - 1];
        p->order[at] = i;
    }
}

il_status il_page_open(page *p, const il_archive *a, FILE *out, il_error *err) {
    *p = (page){.a = a, .out = out, .baseline = SIZE_MAX};
    p->order = calloc(a->n_arms, sizeof *p->order);
    p->T = calloc(a->seeds, sizeof *p->T);
    p->epoch = calloc(a->seeds, sizeof *p->epoch);
    p->converged = calloc(a->seeds, 1);
    p->count = calloc(a->seeds, sizeof *p->count);
    if (!p->order || !p->T || !p->epoch || !p->converged || !p->count)
        return il_fail(err, IL_NO_MEMORY, "no memory for a report of %zu arms", a->n_arms);
    sort_arms(p);
    for (size_t i = a->n_arms; i-- > 0;)
        p->baseline = a->baseline[p->order[i]] == p->order[i] ? p->order[i] : p->baseline;
    return IL_OK;
}

void il_page_close(page *p) {
    free(p->order);
    free(p->T);
    free(p->epoch);
    free(p->converged);
    free(p->count);
    for (size_t i = 0; i < p->n_digests; i++)
        il_digest_free(&p->digests[i]);
    free(p->digests);
}

/* Arms with records, evenly through the ranking when there are more than panels; the baseline takes the place of the
 * nearest in rank. Returns how many. */
static size_t choose_recorded(const page *p, size_t arms[IL_PANELS]) {
    size_t n = p->recorded < IL_PANELS ? p->recorded : IL_PANELS, rank = 0, taken = 0,
           base = SIZE_MAX;
    bool has_baseline = false;
    for (size_t i = 0; i < p->a->n_arms; i++) {
        size_t arm = p->order[i];
        if (p->a->recorded[arm] == 0)
            continue;
        if (arm == p->baseline)
            base = n > 1 ? (rank * (n - 1) + (p->recorded - 1) / 2) / (p->recorded - 1) : 0;
        if (taken < n && rank == (n > 1 ? taken * (p->recorded - 1) / (n - 1) : 0)) {
            has_baseline |= arm == p->baseline;
            arms[taken++] = arm;
        }
        rank++;
    }
    if (base != SIZE_MAX && !has_baseline)
        arms[base] = p->baseline;
    return n;
}

il_status il_page_read_records(page *p, il_error *err) {
    size_t arms[IL_PANELS];
    for (size_t i = 0; i < p->a->n_arms; i++)
        p->recorded += p->a->recorded[i] > 0;
    size_t n = choose_recorded(p, arms);
    p->digests = calloc(n > 0 ? n : 1, sizeof *p->digests);
    if (!p->digests)
        return il_fail(err, IL_NO_MEMORY, "no memory for a report of %zu arms", p->a->n_arms);
    il_status status = IL_OK;
    while (p->n_digests < n && status == IL_OK) {
        status = il_digest_make(p->a, arms[p->n_digests], &p->digests[p->n_digests], err);
        p->n_digests++;
    }
    return status;
}

/* The initialization first; "none" says of what. */
char *il_page_label(const page *p, size_t arm, char label[IL_LABEL]) {
    int used = 0;
    bool several = false;
    for (il_key key = 0; key < IL_KEYS; key++)
        several |= p->a->varied[key];
    label[0] = '\0';
    for (il_key i = 0; i < IL_KEYS && used < IL_LABEL; i++) {
        il_key key = i == 0 ? IL_KEY_INIT : i - 1; /* init is the last of the keys */
        const char *value = p->a->value[arm][key];
        if (several ? p->a->varied[key] : key == IL_KEY_INIT)
            used += snprintf(label + used, IL_LABEL - (size_t)used, "%s%s%s", used ? " / " : "",
                             strcmp(value, "none") == 0 ? "no " : "",
                             strcmp(value, "none") == 0 ? il_key_name(key) : value);
    }
    return label;
}

char *il_page_shorten(char *label, size_t n) {
    if (strlen(label) <= n)
        return label;
    n -= n > 0;
    while (n > 0 && ((unsigned char)label[n] & 0xC0) == 0x80)
        n--;
    if (strlen(label + n) >= sizeof "…" - 1)
        strcpy(label + n, "…");
    return label;
}

char *il_page_percent(const il_summary *arm, char text[32]) {
    double percent = 100 * arm->success;
    if (arm->converged && arm->converged < arm->runs)
        percent = fmin(fmax(percent, 0.1), 99.9);
    snprintf(text, 32, "%.1f %%", percent);
    return text;
}

char *il_page_epochs(const page *p, double epochs, char text[32]) {
    snprintf(text, 32, p->a->budget < 1000 ? "%.1f" : "%.0f", epochs);
    return text;
}

void il_page_times(const page *p, size_t arm) {
    const il_run *runs = p->a->runs + arm * p->a->asked;
    il_times(runs, p->a->seeds, p->a->budget, p->T);
    for (size_t i = 0; i < p->a->seeds; i++)
        p->converged[i] = runs[i].outcome == IL_CONVERGED;
}

size_t il_page_choose(const page *p, size_t most, size_t *arms) {
    size_t n = p->a->n_arms < most ? p->a->n_arms : most;
    bool has_baseline = p->baseline == SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        arms[i] = p->order[i];
        has_baseline |= arms[i] == p->baseline;
    }
    if (!has_baseline)
        arms[n - 1] = p->baseline;
    return n;
}

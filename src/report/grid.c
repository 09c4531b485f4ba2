/* Studies of two factors, as a grid of arms. */
#include "report/page.h"

#include <string.h>

static size_t index_of(const grid *g, int side, const char *value) {
    size_t i = 0;
    while (i < g->n[side] && strcmp(g->value[side][i], value) != 0)
        i++;
    return i;
}

bool il_page_grid(const page *p, grid *g) {
    size_t keys = 0;
    *g = (grid){.n = {0, 0}};
    for (il_key key = 0; key < IL_KEYS; key++)
        if (p->a->varied[key] && keys++ < 2)
            g->key[keys - 1] = key;
    if (keys != 2)
        return false;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < p->a->n_arms; i++) {
            const char *value = p->a->value[i][g->key[side]];
            if (index_of(g, side, value) < g->n[side])
                continue;
            if (g->n[side] == IL_CELLS)
                return false;
            g->value[side][g->n[side]++] = value;
        }
    return g->n[0] * g->n[1] == p->a->n_arms;
}

size_t il_grid_arm(const page *p, const grid *g, size_t row, size_t column) {
    size_t i = 0;
    while (i < p->a->n_arms && (strcmp(p->a->value[i][g->key[0]], g->value[0][row]) != 0 ||
                                strcmp(p->a->value[i][g->key[1]], g->value[1][column]) != 0))
        i++;
    return i < p->a->n_arms ? i : 0;
}

double il_grid_cell(const page *p, const il_summary *s, bool success, char text[32]) {
    if (success) {
        il_page_percent(s, text);
        return s->success;
    }
    il_page_epochs(p, s->rmst, text);
    return 1 - s->rmst / p->a->budget;
}

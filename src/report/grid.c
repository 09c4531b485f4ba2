#include "report/grid.h"

#include <string.h>

static size_t index_of(const il_grid *g, size_t side, const char *value) {
    size_t i = 0;
    while (i < g->n[side] && strcmp(g->value[side][i], value) != 0)
        i++;
    return i;
}

/* Depth and initialization are what maps are about: of three keys the first other one makes several maps. */
static void choose_maps(il_grid *g) {
    size_t at = 0;
    while (at < IL_MAPS && (g->key[at] == IL_KEY_NETWORK || g->key[at] == IL_KEY_INIT))
        at++;
    il_key key = g->key[at];
    for (; at < IL_MAPS; at++)
        g->key[at] = g->key[at + 1];
    g->key[IL_MAPS] = key;
}

bool il_page_grid(const page *p, il_grid *g) {
    *g = (il_grid){.sides = 0};
    for (il_key key = 0; key < IL_KEYS; key++)
        if (p->a->varied[key] && g->sides++ < IL_SIDES)
            g->key[g->sides - 1] = key;
    if (g->sides != 2 && g->sides != 3)
        return false;
    if (g->sides == 3)
        choose_maps(g);
    g->n[IL_MAPS] = g->sides == 2; /* of the one map no value is looked at */
    for (size_t side = 0; side < g->sides; side++)
        for (size_t i = 0; i < p->a->n_arms; i++) {
            const char *value = p->a->value[i][g->key[side]];
            if (index_of(g, side, value) < g->n[side])
                continue;
            if (g->n[side] == IL_CELLS)
                return false;
            g->value[side][g->n[side]++] = value;
        }
    return g->n[IL_ROWS] * g->n[IL_COLUMNS] * g->n[IL_MAPS] == p->a->n_arms;
}

size_t il_grid_arm(const page *p, const il_grid *g, const size_t at[IL_SIDES]) {
    for (size_t i = 0; i < p->a->n_arms; i++) {
        size_t same = 0;
        for (size_t side = 0; side < g->sides; side++)
            same += strcmp(p->a->value[i][g->key[side]], g->value[side][at[side]]) == 0;
        if (same == g->sides)
            return i;
    }
    return 0;
}

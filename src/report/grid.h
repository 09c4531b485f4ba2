/* Studies of two or three factors, as grids of arms. */
#ifndef IL_REPORT_GRID_H
#define IL_REPORT_GRID_H

#include "report/page.h"

#define IL_CELLS 40 /* values of one key in a map */

/* Sides of a grid: a map has rows and columns, and there is one map for each value of a third key. */
enum { IL_ROWS, IL_COLUMNS, IL_MAPS, IL_SIDES };

typedef struct il_grid {
    size_t sides;                          /* keys that vary: 2 or 3 */
    il_key key[IL_SIDES];                  /* those keys */
    size_t n[IL_SIDES];                    /* values of each, 1 map without a third key … */
    const char *value[IL_SIDES][IL_CELLS]; /* … and what they are */
} il_grid;

/* Whether the study varies two or three keys, in as many arms as there are combinations of their values. */
bool il_page_grid(const page *p, il_grid *g);
size_t il_grid_arm(const page *p, const il_grid *g, const size_t at[IL_SIDES]);

#endif

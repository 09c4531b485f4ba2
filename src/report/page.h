/* What the parts of an HTML report share. */
#ifndef IL_REPORT_PAGE_H
#define IL_REPORT_PAGE_H

#include "report/report.h"
#include "report/svg.h"

typedef struct page {
    const il_archive *a;
    FILE *out;
    size_t *order;   /* [n_arms] lowest RMST first */
    size_t baseline; /* the fastest baseline arm, SIZE_MAX when there is none */
    double top;      /* of the scale of curves */
    uint32_t *T;     /* [seeds] room … */
    uint32_t *epoch;
    unsigned char *converged;
    size_t *count;
} page;

#define IL_LABEL 512

/* What tells an arm from the others: "he_normal / sgd(lr=0.1)". */
char *il_page_label(const page *p, size_t arm, char label[IL_LABEL]);

/* A success rate in percent that says 0 or 100 only when it is. */
char *il_page_percent(const il_summary *arm, char text[32]);
char *il_page_epochs(const page *p, double epochs, char text[32]);

/* Fills T and converged of one arm. */
void il_page_times(const page *p, size_t arm);

#define IL_CURVES 12 /* arms in one chart of curves */
#define IL_ROWS 60   /* arms in one chart of rows */
#define IL_CELLS 40  /* values of one key in a heat map */

/* The arms to show when at most `most` can be: the first by RMST; the baseline takes the last place when it is none of
 * them. Returns how many. */
size_t il_page_choose(const page *p, size_t most, size_t *arms);

typedef struct grid {
    il_key key[2];                  /* of the rows and of the columns */
    size_t n[2];                    /* values of each … */
    const char *value[2][IL_CELLS]; /* … and what they are */
} grid;

/* Whether the study varies two keys, in as many arms as there are pairs of their values. */
bool il_page_grid(const page *p, grid *g);
size_t il_grid_arm(const page *p, const grid *g, size_t row, size_t column);

/* What a map shows of an arm: how light its cell is, and the number in it. */
double il_grid_cell(const page *p, const il_summary *s, bool success, char text[32]);

/* One chart; `alone` as in il_svg_begin. */
void il_draw_curves(page *p, bool alone);
void il_draw_success(page *p, bool alone);
void il_draw_map(page *p, const grid *g, bool success, bool alone);

/* The figures, each with its data. */
void il_figure_curves(page *p);
void il_figure_success(page *p);
void il_figure_maps(page *p);

#endif

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

/* Charts, each a figure with its data in a table. */
void il_chart_curves(page *p);
void il_chart_success(page *p);
void il_chart_heat(page *p);

#endif

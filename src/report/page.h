/* What the parts of an HTML report share. */
#ifndef IL_REPORT_PAGE_H
#define IL_REPORT_PAGE_H

#include "report/report.h"
#include "report/svg.h"

struct digest;

typedef struct page {
    const il_archive *a;
    FILE *out;
    bool alone;      /* one chart is written, not a page */
    size_t *order;   /* [n_arms] lowest RMST first */
    size_t baseline; /* the fastest baseline arm, SIZE_MAX when there is none */
    uint32_t *T;     /* [seeds] room … */
    uint32_t *epoch;
    unsigned char *converged;
    size_t *count;
    size_t recorded;        /* arms with records, … */
    size_t n_digests;       /* … those of them that panels show, … */
    struct digest *digests; /* … and what was recorded of each, lowest RMST first */
} page;

il_status il_page_open(page *p, const il_archive *a, FILE *out, il_error *err);
void il_page_close(page *p);

/* Reads what was recorded, for charts that show it. Errors: those of il_archive_record. */
il_status il_page_read_records(page *p, il_error *err);

#define IL_LABEL 512

/* What tells an arm from the others: "he_normal / sgd(lr=0.1)". */
char *il_page_label(const page *p, size_t arm, char label[IL_LABEL]);

/* At most n bytes of a label, with an ellipsis for the rest. */
char *il_page_shorten(char *label, size_t n);

/* A success rate in percent that says 0 or 100 only when it is. */
char *il_page_percent(const il_summary *arm, char text[32]);
char *il_page_epochs(const page *p, double epochs, char text[32]);

/* Fills T and converged of one arm. */
void il_page_times(const page *p, size_t arm);

/* The arms to show when at most `most` can be: the first by RMST; the baseline takes the last place when it is none of
 * them. Returns how many. */
size_t il_page_choose(const page *p, size_t most, size_t *arms);

/* One kind of chart: its place on the page, how it is drawn, and the data behind it. */
typedef struct il_chart_type {
    const char *name;        /* a word: that of --svg, and of the section on the page */
    const char *heading;     /* of its section */
    const char *title;       /* of the drawing, and … */
    const char *description; /* … what it shows, for those who do not see it */
    const char *needs;       /* completes "the chart NAME takes …" */
    int what;                /* which of its family */
    bool (*has)(const page *p, const struct il_chart_type *c); /* NULL: every study has it */
    size_t most; /* arms it shows, the fastest; 0: all */
    bool panels; /* it shows those that have digests */
    void (*draw)(page *p, const struct il_chart_type *c);
    void (*caption)(page *p, const struct il_chart_type *c);
    const char *table;                                    /* caption of the data */
    void (*data)(page *p, const struct il_chart_type *c); /* head and rows, the body left open */
} il_chart_type;

#define IL_CHARTS 13
extern const il_chart_type
    *const il_charts[IL_CHARTS]; /* in the order of il_chart, and of the page */
extern const il_chart_type il_chart_curves, il_chart_success, il_chart_success_map,
    il_chart_rmst_map;
extern const il_chart_type il_chart_loss, il_chart_accuracy, il_chart_signal, il_chart_gradient;
extern const il_chart_type il_chart_signal_epochs, il_chart_gradient_epochs, il_chart_weights;
extern const il_chart_type il_chart_regions, il_chart_lines;

/* Begins the drawing of a chart. */
void il_chart_begin(page *p, const il_chart_type *c, il_svg *svg, double width, double height);

/* Its section of the page: heading, drawing, caption, data. */
void il_chart_put(page *p, const il_chart_type *c);

/* The head of a table of data, its columns separated by '|'; and the beginning of an arm's row: its name, in two lines
 * as over a panel. */
void il_put_head(page *p, const char *columns);
void il_put_row(page *p, size_t arm);

/* The parts of the page that are no charts. */
il_status il_page_put_answer(const page *p, il_error *err);
void il_page_put_arms(page *p);
void il_page_put_alarms(page *p);

/* The page's own style, and a script that lets tables be sorted, with the hash of it by which alone a browser runs it. */
extern const char il_page_style[], il_page_script[], il_page_script_hash[];

#endif

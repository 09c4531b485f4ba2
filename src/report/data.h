/* A dataset counted and measured, as a table with pictures, or as JSON. */
#ifndef IL_REPORT_DATA_H
#define IL_REPORT_DATA_H

#include "report/report.h"

#include <initlab/data.h>

/* Moments of the samples that train; std divides by their number. */
typedef struct il_column {
    double min, max, mean, std;
} il_column;

typedef struct il_data_summary {
    const il_dataset *data;
    il_column all;     /* over all features */
    il_column *column; /* [inputs], then [outputs] of the targets */
    size_t *count;     /* [IL_PARTS][classes] */
} il_data_summary;

/* Measures what is not scaled yet. Released with il_data_summary_free; `data` must outlive it. */
il_status il_data_summarize(const il_dataset *data, il_data_summary *out, il_error *err);
void il_data_summary_free(il_data_summary *summary);

/* Shape, parts, ranges, classes, and a few samples; UTF-8. */
il_status il_data_table(const il_data_summary *summary, const il_table_style *style, FILE *out,
                        il_error *err);

/* One object, "schema" 1. `call` is the dataset's notation. */
il_status il_data_json(const il_data_summary *summary, const il_call *call, FILE *out,
                       il_error *err);

/* The samples which[n] of a dataset of pictures side by side, two pixels a character: shades of grey with color, else
 * black and white. Those that do not fit style->columns go below. `all` has the range of numbers; pixels have their
 * own. */
void il_put_pictures(const il_dataset *data, const il_column *all, const size_t *which, size_t n,
                     const il_table_style *style, FILE *out);

#endif

/* The text of a CSV file as rows of fields: RFC 4180, except that a field ends on its line; lines end in LF or CRLF, and
 * blank lines are no rows. */
#ifndef IL_DATA_CSV_FILE_H
#define IL_DATA_CSV_FILE_H

#include "initlab/expr.h"

typedef struct il_csv {
    const char *path;
    char *text; /* [size], and a NUL */
    size_t size;
    char delimiter; /* ' ': any run of blanks */
} il_csv;

/* Reads it whole, gzip or not. Errors: IL_IO; IL_INVALID for bytes that are no text; IL_NO_MEMORY. */
il_status il_csv_load(const char *path, char delimiter, il_csv *out, il_error *err);
void il_csv_free(il_csv *csv);

/* Where reading stands; start from il_csv_begin. */
typedef struct il_csv_cursor {
    const char *line, *at; /* the line that is read, and the next byte of it */
    int number;            /* of the line, from 1 */
} il_csv_cursor;

/* What stands between two delimiters, without blanks at its ends and without the quotes; a quote inside stays doubled. */
typedef struct il_field {
    const char *text;
    size_t n;
    bool last; /* of its row */
} il_field;

il_csv_cursor il_csv_begin(const il_csv *csv);

/* To the first field of the next row; false at the end. */
bool il_csv_row(const il_csv *csv, il_csv_cursor *cursor);

il_status il_csv_field(const il_csv *csv, il_csv_cursor *cursor, il_field *out, il_error *err);

/* IL_INVALID, "FILE:LINE:COLUMN: …", for the place of text[0], which lies in the cursor's line. */
il_status il_csv_fail(const il_csv *csv, const il_csv_cursor *cursor, const char *text,
                      il_error *err, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Whether the field is a finite decimal number: as il_number_parse reads it, but no fraction. */
bool il_csv_number(const il_field *field, double *out);

#endif

/* What il_call_parse is reading: the state that the reading of calls (expr.c) and that of values (expr_value.c)
 * share. */
#ifndef IL_BASE_READER_H
#define IL_BASE_READER_H

#include "base/text.h"

typedef struct il_reader {
    const il_family *family;
    const il_desc *desc;
    const char *text;
    const il_place *place;
    il_error *err;
    const char *ends; /* what may follow the call, apart from the end of the text */
    size_t start, at; /* of the call's name; of the next byte */
    char *pool;       /* [IL_CALL_CHARS], for the call and the one that it holds */
    size_t pooled;
    char shown[IL_CLIP];
} il_reader;

/* A piece of the text, without blanks at its ends. */
typedef struct il_piece {
    const char *text;
    size_t n, offset;
} il_piece;

/* il_fail_at the byte text[offset]. */
il_status il_reader_fail(const il_reader *r, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How far to the right of the text's beginning the byte text[offset] stands, in characters. */
size_t il_reader_column(const il_reader *r, size_t offset);

void il_skip_blanks(il_reader *r);

/* The text up to one of `stops`, which is left to be read next, or to the end. */
il_piece il_read_piece(il_reader *r, const char *stops);

/* text[n] fit to be quoted, until the next call. */
const char *il_show(il_reader *r, const char *text, size_t n);

/* `value` as a number, choice or truth; `offset` is where the argument begins. */
il_status il_read_plain(il_reader *r, const il_param *param, il_piece value, size_t offset,
                        double *out);

/* The text that is next, with quotes or without, goes to the pool; its offset there to *out. */
il_status il_read_text(il_reader *r, const il_param *param, double *out);

/* The same for a default. */
il_status il_keep_word(il_reader *r, const il_param *param, double *out);

#endif

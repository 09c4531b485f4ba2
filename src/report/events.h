/* Event files, as TensorBoard reads them: records of an Event message each. A record is its length (8 bytes, little
 * endian), that length's masked CRC-32C, the message, and its masked CRC-32C. Format: tensorflow/core/lib/io/record_writer.h;
 * messages: tensorflow/core/util/event.proto and framework/summary.proto. */
#ifndef IL_REPORT_EVENTS_H
#define IL_REPORT_EVENTS_H

#include <stdint.h>
#include <stdio.h>

typedef struct il_scalar {
    const char *tag; /* at most IL_TAG bytes with its end, such as "loss/train" */
    float value;
} il_scalar;
#define IL_TAG 64
#define IL_SCALARS 64 /* in one event, at most */

/* The first record of a file. */
void il_events_begin(double wall_time, FILE *out);

/* What was measured at a step. */
void il_events_scalars(double wall_time, uint64_t step, const il_scalar *scalar, size_t n,
                       FILE *out);

#endif
